# tries: a frame, read by functools.wraps with a list of attributes of its own
# full: raised
# raw: any
# policy: accepted
from functools import wraps
class Holder:
    pass
class Catcher:
    def update(self, found):
        self.found = found
g = (x for x in [1])
holder, catcher = Holder(), Catcher()
setattr(holder, "gi_frame", catcher)
wraps(g, assigned=(), updated=("gi_frame",))(holder)
print("REACHED", catcher.found)
