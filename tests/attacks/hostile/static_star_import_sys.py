# tries: sys.modules by a star
# full: refused
# raw: any
# policy: refused
from sys import *
print("REACHED", modules)
