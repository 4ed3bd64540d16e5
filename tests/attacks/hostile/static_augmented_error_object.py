# tries: the object of an AttributeError, by an augmented assignment
# full: raised
# raw: any
# policy: accepted
class Spy:
    def __radd__(self, other):
        print("REACHED", other)
import json
try:
    getattr(json, "nothing")
except AttributeError as e:
    e.obj += Spy()
