# tries: the interpreter's death by abort
# full: refused
# raw: crashed
# policy: refused
import os
os.abort()
