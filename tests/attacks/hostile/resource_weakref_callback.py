# tries: a callback of a weak reference that never ends
# full: refused
# raw: time_out
# policy: refused
import weakref
class Thing:
    pass
def again(reference):
    while True:
        pass
thing = Thing()
reference = weakref.ref(thing, again)
del thing
