# tries: a way past the policy: json codecs
# full: refused
# raw: any
# policy: refused
import json
print("REACHED", json.codecs.builtins)
