import math


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x=0.0, y=0.0, z=0.0):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(*(a - b for a, b in zip(self, other)))

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k, self.z * k)

    __rmul__ = __mul__

    def __truediv__(self, k):
        return self * (1 / k)

    def __neg__(self):
        return -1 * self

    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self, other))

    def __iter__(self):
        yield from (self.x, self.y, self.z)

    def __len__(self):
        return 3

    def __abs__(self):
        return math.sqrt(self @ self)

    def __eq__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return tuple(self) == tuple(other)

    def __hash__(self):
        return hash(tuple(self))

    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        self.z += other.z
        return self

    def __bool__(self):
        return any(self)

    def __repr__(self):
        return f"Vector({self.x:g}, {self.y:g}, {self.z:g})"

    def __format__(self, spec):
        return "(" + ", ".join(format(v, spec or "g") for v in self) + ")"


a, b = Vector(1, 2, 2), Vector(0, 1, 0)
assert abs(a) == 3 and a @ b == 2 and a + b == Vector(1, 3, 2) and -a == Vector(-1, -2, -2)
a += b
assert a == Vector(1, 3, 2) and f"{a:.1f}" == "(1.0, 3.0, 2.0)" and repr(2 * b / 4) == "Vector(0, 0.5, 0)"
assert len({Vector(1, 1, 1), Vector(1, 1, 1)}) == 1 and not Vector() and Vector(1) != 5
