# tries: a way past the policy: import os
# full: refused
# raw: any
# policy: refused
import os
print("REACHED", os.getcwd())
