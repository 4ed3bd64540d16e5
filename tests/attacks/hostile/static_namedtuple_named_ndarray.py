# tries: code run after the program's end, by a result that is named like an array
# full: completed
# raw: any
# policy: accepted
from collections import namedtuple
class K:
    kind = "f"
def f():
    print("REACHED", "runs after the end")
    raise KeyboardInterrupt
result = namedtuple("ndarray", "size dtype tolist", module="numpy")(0, K(), f)
