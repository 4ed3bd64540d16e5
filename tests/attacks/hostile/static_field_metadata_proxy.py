# tries: the real dict behind a field's metadata, handed to a comparison
# full: completed
# raw: any
# policy: accepted
from dataclasses import dataclass, fields
@dataclass
class C:
    x: int = 0
    def __class_getitem__(cls, k):
        return k
class Spy:
    def __ror__(self, other):
        other["REACHED"] = 1
        return other
fields(C)[0].metadata | Spy()
@dataclass
class D:
    y: int = 0
print(dict(fields(D)[0].metadata))
raise SystemExit
