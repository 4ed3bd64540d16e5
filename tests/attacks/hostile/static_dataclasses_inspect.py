# tries: a module inside dataclasses
# full: refused
# raw: any
# policy: refused
import dataclasses
print("REACHED", dataclasses.inspect)
