# tries: the module behind json's encoder
# full: refused
# raw: any
# policy: refused
import json
print("REACHED", json.JSONEncoder.default.__globals__)
