# tries: an object's dict through json's default
# full: raised
# raw: any
# policy: accepted
import json
print("REACHED", json.dumps(pick, default=lambda o: list(getattr(o, "__di" + "ct__"))))
