class Shape:
    def __init__(self, name):
        self.name = name
    def area(self):
        raise NotImplementedError
class Square(Shape):
    def __init__(self, side):
        super().__init__("square")
        self.side = side
    def area(self):
        return self.side ** 2
class Named(Square):
    def __init__(self, side, label):
        Square.__init__(self, side)
        self.label = label
n = Named(3, "a")
assert n.area() == 9 and isinstance(n, Shape) and type(n).__name__ == "Named" and n.__class__ is Named
