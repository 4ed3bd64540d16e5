# tries: the generator of a context manager, and its frame
# full: raised
# raw: any
# policy: accepted
from contextlib import contextmanager
@contextmanager
def section():
    yield
cm = section()
print("REACHED", getattr(cm.gen, "gi_" + "frame"))
