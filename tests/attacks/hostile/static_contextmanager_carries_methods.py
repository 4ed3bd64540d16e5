# tries: str.format itself, carried out of its class by contextmanager
# full: raised
# raw: any
# policy: accepted
from contextlib import contextmanager
def f():
    pass
print("REACHED", contextmanager(str).format("{0.__globals__}", f))
