# tries: an exit with the code of another signal
# full: refused
# raw: early_exit crashed
# policy: refused
import os
os._exit(139)
