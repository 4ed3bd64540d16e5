# tries: an attribute written in C, put into a class of the program's
# full: completed
# raw: any
# policy: accepted
class Slots:
    __slots__ = ("x",)
class Error(AttributeError):
    pass
for kind, name in ((BaseException, "args"), (AttributeError, "obj"), (Error, "name_from"), (int, "real"), (Error, "obj")):
    try:
        print("REACHED", getattr(kind, name))
    except AttributeError as error:
        print("refused", error)
print(Slots.x)
try:
    class Other:
        x = Slots.x
    print(Other().x)
except TypeError as error:
    print("refused", error)
