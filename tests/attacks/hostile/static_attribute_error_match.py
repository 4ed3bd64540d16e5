# tries: the object of an AttributeError, read by a pattern
# full: raised
# raw: any
# policy: accepted
import json
try:
    getattr(json, "nothing")
except AttributeError as e:
    match e:
        case AttributeError(obj=o):
            print("REACHED", o)
