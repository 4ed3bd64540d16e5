# tries: the functions behind a library's property, called with anything
# full: completed
# raw: any
# policy: accepted
import logging
import random
for kind, name in ((type(logging.getLogger("a")), "level"), (logging.Logger, "level"), (random.Random, "seed")):
    try:
        found = getattr(kind, name)
        getter = getattr(found, "fget", found)
        print("REACHED", getter(print))
    except (TypeError, AttributeError) as error:
        print("refused", error)
try:
    print("REACHED", logging.Logger("a", {"root": 0}, print))
except TypeError as error:
    print("refused", error)
