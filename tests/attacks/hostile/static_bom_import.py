#
# tries: an import behind a byte order mark
# full: refused
# raw: any
# policy: refused
import os
print('REACHED', os.getcwd())
