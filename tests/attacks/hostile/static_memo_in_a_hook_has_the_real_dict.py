# tries: the real dict of an object, from the memo that __deepcopy__ is given
# full: completed
# raw: any
# policy: accepted
import copy
class C:
    pass
class Spy:
    def __deepcopy__(self, memo):
        for found in list(memo.values()):
            for item in found if isinstance(found, list) else [found]:
                if type(item) is dict:
                    item["__array_" + "interface__"] = {}
                    if "__array_" + "interface__" in vars(c) or hasattr(c, "planted"):
                        print("REACHED", item)
                    item["planted"] = 1
        if hasattr(c, "planted"):
            print("REACHED", "the real dict")
        return self
c = C()
c.a = 1
copy.deepcopy([c, Spy()])
