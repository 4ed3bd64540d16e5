# outcome: program_error
import json
print("ESCAPED", json.codecs.builtins)
