# tries: a way past the policy: import from sys
# full: refused
# raw: any
# policy: refused
from sys import modules
print("REACHED", modules)
