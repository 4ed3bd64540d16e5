# tries: the os module
# full: refused
# raw: any
# policy: refused
import os
print("REACHED", os.getcwd())
