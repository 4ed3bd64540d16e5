# tries: a hook of copy put on objects that have none
# full: completed
# raw: any
# policy: accepted
import copy
class A:
    def __init__(self):
        self.a = 1
a = A()
for name in ("__deepcopy__", "__copy__", "__reduce_ex__", "__setstate__"):
    try:
        setattr(a, name, lambda *args: print("REACHED", name))
    except (AttributeError, TypeError):
        pass
    try:
        vars(a)[name] = lambda *args: print("REACHED", name)
    except (AttributeError, TypeError):
        pass
copy.copy(a)
copy.deepcopy(a)
