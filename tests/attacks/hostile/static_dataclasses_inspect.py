# tries: a way past the policy: dataclasses inspect
# full: refused
# raw: any
# policy: refused
import dataclasses
print("REACHED", dataclasses.inspect)
