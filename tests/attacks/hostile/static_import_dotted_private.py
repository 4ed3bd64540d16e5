# tries: a module inside an allowed one
# full: refused
# raw: any
# policy: refused
import json.decoder
print("REACHED", json.decoder)
