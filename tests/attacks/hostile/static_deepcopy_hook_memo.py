# tries: the guards' own objects, handed to a __deepcopy__ in the memo
# full: completed
# raw: any
# policy: accepted
import copy, math, random
class Spy:
    def __deepcopy__(self, memo):
        for found in list(memo.values()):
            for item in found if isinstance(found, list) else [found]:
                if isinstance(item, dict) and ("_modules" in item or "_values" in item):
                    print("REACHED", item)
        return self
copy.deepcopy([getattr, math, random, random.randint, print, Spy()])
raise SystemExit
