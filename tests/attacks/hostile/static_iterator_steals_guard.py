# tries: guards' arguments seen by a class with an odd iterator
# full: refused
# raw: any
# policy: refused
class Odd:
    def __iter__(self):
        return self
    def __next__(self):
        raise StopIteration(getattr)
def g():
    found = yield from Odd()
    print("REACHED", found.__closure__)
list(g())
