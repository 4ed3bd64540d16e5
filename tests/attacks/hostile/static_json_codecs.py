# tries: built-in functions through json
# full: refused
# raw: any
# policy: refused
import json
print("REACHED", json.codecs.builtins)
