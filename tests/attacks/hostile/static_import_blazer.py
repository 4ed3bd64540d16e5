# tries: the sandbox's own code
# full: refused
# raw: any
# policy: refused
import blazer.sandbox.guest.runtime as r
print("REACHED", r)
