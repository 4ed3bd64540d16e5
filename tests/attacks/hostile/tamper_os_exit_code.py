# tries: an exit with the code of a kill from outside, to look like our failure
# full: refused
# raw: crashed early_exit
# policy: refused
import os
os._exit(137)
