# tries: the loaded modules, from sys
# full: refused
# raw: any
# policy: refused
from sys import modules
print("REACHED", modules)
