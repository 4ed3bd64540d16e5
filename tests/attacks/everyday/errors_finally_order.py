order = []


def f(n):
    for i in range(3):
        try:
            order.append(f"try {i}")
            if i == n:
                return "returned"
            if i == 1:
                continue
        finally:
            order.append(f"finally {i}")
    else:
        order.append("else")
    return "end"


assert f(2) == "returned" and order[-1] == "finally 2"
order.clear()
assert f(9) == "end" and order[-1] == "else"


def nested():
    try:
        try:
            raise ValueError("inner")
        finally:
            order.append("cleanup")
    except ValueError as e:
        raise RuntimeError(str(e)) from None


try:
    nested()
except RuntimeError as e:
    assert e.__cause__ is None and str(e) == "inner"
assert order[-1] == "cleanup"
