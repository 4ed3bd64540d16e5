# tries: the real dict of an object, from the memo of the deepcopy inside asdict
# full: completed
# raw: any
# policy: accepted
from dataclasses import asdict, astuple, dataclass
class C:
    pass
class Spy:
    def __deepcopy__(self, memo):
        for found in list(memo.values()):
            for item in found if isinstance(found, list) else [found]:
                if type(item) is dict:
                    item["planted"] = 1
        if hasattr(c, "planted"):
            print("REACHED", "the real dict")
        return self
@dataclass
class D:
    a: object
c = C()
c.a = 1
d = D({1: frozenset()})
d.a = {"x": {c, Spy()}}
asdict(d)
astuple(d)
d.a = {c: Spy()}
asdict(d)
