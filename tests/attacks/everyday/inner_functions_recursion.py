import sys

sys.setrecursionlimit(3000)


def flatten(items, depth=0, *, limit=10):
    """Flatten nested lists, tuples and sets."""
    if depth > limit:
        raise RecursionError("too deep")
    out = []
    for item in items:
        if isinstance(item, (list, tuple, set)):
            out.extend(flatten(item, depth + 1, limit=limit))
        else:
            out.append(item)
    return out


def solve_queens(n):
    solutions = []

    def place(row, cols, diag1, diag2, placed):
        if row == n:
            solutions.append(tuple(placed))
            return
        for col in range(n):
            if col in cols or row - col in diag1 or row + col in diag2:
                continue
            place(row + 1, cols | {col}, diag1 | {row - col}, diag2 | {row + col}, [*placed, col])

    place(0, frozenset(), frozenset(), frozenset(), [])
    return solutions


def ackermann(m, n):
    if m == 0:
        return n + 1
    return ackermann(m - 1, 1) if n == 0 else ackermann(m - 1, ackermann(m, n - 1))


def count(n):
    return 0 if n == 0 else 1 + count(n - 1)


assert flatten([1, [2, (3, [4])], {5}]) == [1, 2, 3, 4, 5] and len(solve_queens(6)) == 4
assert ackermann(2, 3) == 9 and count(1500) == 1500
try:
    flatten([[[1]]], limit=1)
    raise AssertionError
except RecursionError as error:
    assert str(error) == "too deep"
