# tries: the C stack, with Python's own limit out of the way
# full: refused
# raw: crashed
# policy: refused
import os, sys
sys.setrecursionlimit(2**30)
class R:
    def __repr__(self):
        return repr([self])
    __str__ = __repr__
print(R())
