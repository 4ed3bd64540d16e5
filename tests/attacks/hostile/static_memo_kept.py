# tries: a memo of deepcopy used after its time
# full: raised
# raw: any
# policy: accepted
import copy
kept = []
class Spy:
    def __deepcopy__(self, memo):
        kept.append(memo)
        return self
copy.deepcopy([Spy()])
copy.deepcopy([1], kept[0])
print("REACHED")
