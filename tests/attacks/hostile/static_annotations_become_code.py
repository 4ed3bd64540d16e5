# tries: code in the name of a field, put in by __annotations__
# full: completed
# raw: any
# policy: accepted
from dataclasses import dataclass
class C:
    x: int = 0
C.__annotations__["y: int = print('REACHED', __import__('os').getpid()), *, z"] = int
dataclass(C)(1)
raise SystemExit
