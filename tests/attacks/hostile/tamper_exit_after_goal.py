# tries: the interpreter gone before the end of its program, with a skill half done
# full: refused
# raw: early_exit raised
# policy: refused
# needs: world
import os
pick("thing0")
os._exit(0)
