try:
    scipy_is_here_or_not = undefined_on_purpose_but_bound_below
except Exception:
    scipy_is_here_or_not = None

undefined_on_purpose_but_bound_below = 1


def safe_div(a, b, default=None):
    try:
        return a / b
    except (ZeroDivisionError, TypeError):
        return default


def attempt(function, *args, errors=(Exception,), fallback=None, **kwargs):
    try:
        return function(*args, **kwargs), None
    except errors as error:
        return fallback, error


assert scipy_is_here_or_not is None and safe_div(1, 0, default=-1) == -1 and safe_div("a", 1) is None
value, error = attempt(int, "x", errors=(ValueError, TypeError), fallback=0)
assert value == 0 and isinstance(error, ValueError) and "invalid literal" in str(error)
value, error = attempt(sorted, [2, 1], reverse=False)
assert value == [1, 2] and error is None
held, error = attempt(pick, "missing", errors=SkillError)
assert held is None and error is not None
try:
    raise NotImplementedError("later")
except NotImplementedError as e:
    assert str(e) == "later"
try:
    assert False, "message"
except AssertionError as e:
    assert e.args[0] == "message"
