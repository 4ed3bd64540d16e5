# tries: an object of the library, copied and so the program's to bend
# full: completed
# raw: any
# policy: accepted
import copy, itertools, json, re, string, sys
from contextlib import ExitStack
for what in (json.JSONEncoder(), ExitStack(), itertools.count(), string.Template("x"), sys.stdout, re.compile("x")):
    try:
        made = copy.copy(what)
    except TypeError:
        continue
    try:
        made.mark = 1
    except (AttributeError, TypeError):
        continue
    print("REACHED", made)
