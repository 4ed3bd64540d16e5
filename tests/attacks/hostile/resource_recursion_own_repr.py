# tries: recursion through its own __repr__
# full: raised
# raw: raised
# policy: accepted
class R:
    def __repr__(self):
        return repr(self) * 2
print(R())
