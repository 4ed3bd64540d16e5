# tries: a class used while it is being made
# full: raised
# raw: any
# policy: accepted
class Base:
    def __init_subclass__(cls, **kw):
        setattr(cls, "__array_" + "interface__", 1)
        print("REACHED", cls)
class C(Base):
    pass
