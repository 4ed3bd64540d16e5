# tries: code in an annotation that is kept as text
# full: refused
# raw: any
# policy: refused
from __future__ import annotations
def f(x: ().__class__.__base__.__subclasses__()) -> __import__("os"):
    pass
print("REACHED" if "os" in str(f.__annotations__["return"].__class__.__subclasses__) else "")
