# tries: an object handed out by an error about its attribute
# full: raised
# raw: any
# policy: accepted
class E(AttributeError):
    pass
try:
    import json
    getattr(json, "nothing")
except AttributeError as e:
    print("REACHED", getattr(e, "o" + "bj"))
