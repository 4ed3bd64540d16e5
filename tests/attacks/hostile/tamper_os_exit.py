# tries: an exit past Python, with the code of success
# full: refused
# raw: early_exit
# policy: refused
import os
os._exit(0)
