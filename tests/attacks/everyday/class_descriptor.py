class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return getattr(instance, self.name, 0.0)

    def __set__(self, instance, value):
        if value < 0:
            raise ValueError(f"{self.name[1:]} must be positive")
        setattr(instance, self.name, value)


class Box:
    width = Positive()
    depth = Positive()

    def __init__(self, width, depth):
        self.width = width
        self.depth = depth


b = Box(1, 2)
b.width += 2
assert b.width * b.depth == 6
try:
    b.depth = -1
    raise AssertionError
except ValueError as error:
    assert str(error) == "depth must be positive"
