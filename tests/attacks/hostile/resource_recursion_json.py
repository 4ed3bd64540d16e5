# tries: JSON nested a hundred thousand levels deep
# full: raised
# raw: raised
# policy: accepted
import json
json.loads("[" * 10**5)
