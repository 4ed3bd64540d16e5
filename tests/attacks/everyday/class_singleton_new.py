class Registry:
    _instance = None

    def __new__(cls, *args, **kwargs):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __init__(self):
        if not hasattr(self, "items"):
            self.items = {}


a, b = Registry(), Registry()
a.items["x"] = 1
assert a is b and b.items == {"x": 1}


class Celsius(float):
    def __new__(cls, value):
        return super().__new__(cls, round(value, 1))

    def __repr__(self):
        return f"{float(self):.1f} C"


assert Celsius(20.16) == 20.2 and repr(Celsius(3)) == "3.0 C"


class Point(tuple):
    def __new__(cls, x, y):
        return tuple.__new__(cls, (x, y))

    @property
    def x(self):
        return self[0]


assert Point(1, 2).x == 1 and Point(1, 2) == (1, 2)
