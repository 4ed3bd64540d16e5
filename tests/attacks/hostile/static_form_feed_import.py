# tries: an import behind a form feed
# full: refused
# raw: any
# policy: refused
import os
print('REACHED', os.getcwd())
