# tries: a special attribute set on a class that is being made
# full: raised
# raw: any
# policy: accepted
class D:
    def __set_name__(self, owner, name):
        setattr(owner, "__match_" + "args__", ("__dict__",))
        print("REACHED")
class C:
    d = D()
