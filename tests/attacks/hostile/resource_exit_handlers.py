# tries: work left for the interpreter's end: atexit, finalizers, threads
# full: refused
# raw: completed
# policy: refused
import atexit, sys, weakref
def again():
    while True:
        pass
class Thing:
    pass
thing = sys.modules["leaked"] = Thing()
atexit.register(again)
weakref.finalize(thing, again)
