# tries: a guard replaced by a module's name
# full: refused
# raw: any
# policy: refused
import math as _write_
print("REACHED")
