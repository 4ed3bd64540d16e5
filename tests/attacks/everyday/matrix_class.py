class Matrix:
    def __init__(self, rows):
        self.rows = [list(row) for row in rows]
        if len({len(row) for row in self.rows}) > 1:
            raise ValueError("rows differ in length")

    @classmethod
    def identity(cls, n):
        return cls([[int(i == j) for j in range(n)] for i in range(n)])

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0])

    @property
    def T(self):
        return Matrix(zip(*self.rows))

    def __matmul__(self, other):
        return Matrix([[sum(a * b for a, b in zip(r, c)) for c in other.T.rows] for r in self.rows])

    def __pow__(self, n):
        result, base = Matrix.identity(len(self.rows)), self
        while n:
            if n & 1:
                result @= base
            base @= base
            n >>= 1
        return result

    def __getitem__(self, key):
        i, j = key
        return self.rows[i][j]

    def __setitem__(self, key, value):
        i, j = key
        self.rows[i][j] = value

    def __eq__(self, other):
        return isinstance(other, Matrix) and self.rows == other.rows

    def __str__(self):
        return "\n".join(" ".join(f"{v:3}" for v in row) for row in self.rows)


fib = Matrix([[1, 1], [1, 0]])
assert (fib**10)[0, 1] == 55 and fib.T == fib and fib.shape == (2, 2)
m = Matrix.identity(2)
m[0, 1] = 7
m[1, 1] *= 3
m[0, 1] += 1
assert m.rows == [[1, 8], [0, 3]] and str(m).splitlines()[0] == "  1   8"
try:
    Matrix([[1], [1, 2]])
    raise AssertionError
except ValueError:
    pass
