COUNT = 0
__version__ = "1.0"
_private = [1]


def bump():
    global COUNT
    COUNT += 1
    return COUNT


class Holder:
    items = [x * 2 for x in range(3)]
    total = sum(items)
    label = f"{total}" + __version__

    def method(self):
        total = self.total + len(Holder.items)

        class Inner:
            value = total

            def get(inner):
                return inner.value + COUNT

        return Inner().get()


bump()
assert Holder().method() == 6 + 3 + 1 and Holder.label == "61.0"
x = "global"


def shadow(x="param"):
    def inner():
        return x

    del_me = 1
    del del_me
    return inner()


assert shadow() == "param" and x == "global" and [x for x in range(2)] == [0, 1] and x == "global"
print = print
len_of = len
type_name = type(_private).__name__
assert type_name == "list" and len_of(_private) == 1 and callable(print)
