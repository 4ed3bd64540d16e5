# tries: another function's name and attributes, given by functools.wraps
# full: completed
# raw: any
# policy: accepted
from functools import wraps
def mine():
    pass
mine.safe = True
wraps(mine)(pick)
if pick.__name__ == "mine" or hasattr(pick, "safe"):
    print("REACHED", pick.__name__)
raise SystemExit
