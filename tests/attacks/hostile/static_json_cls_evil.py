# tries: a decoder of the program's own, called by json
# full: refused
# raw: any
# policy: refused
import json
print("REACHED", json.loads("{}", object_hook=lambda d: getattr(d, "__class__").__subclasses__()))
