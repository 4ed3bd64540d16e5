# tries: str.format itself, carried out of its class by lru_cache
# full: raised
# raw: any
# policy: accepted
from functools import lru_cache
def f():
    pass
print("REACHED", lru_cache(str).format("{0.__globals__}", f))
