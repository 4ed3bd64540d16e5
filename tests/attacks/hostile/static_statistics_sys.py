# tries: sys through statistics
# full: raised
# raw: any
# policy: accepted
import statistics
print("REACHED", getattr(statistics, "sys"))
