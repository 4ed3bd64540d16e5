# tries: an exit with the code of another signal
# full: refused
# raw: crashed early_exit
# policy: refused
import os
os._exit(139)
