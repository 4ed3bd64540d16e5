import functools
REGISTRY = {}
def register(name=None):
    def decorator(function):
        REGISTRY[name or function.__name__] = function
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            wrapper_calls.append(function.__name__)
            return function(*args, **kwargs)
        return wrapper
    return decorator
wrapper_calls = []
@register()
def lift(height):
    return height + 1
@functools.total_ordering
class Priority:
    def __init__(self, n):
        self.n = n
    def __eq__(self, other):
        return self.n == other.n
    def __lt__(self, other):
        return self.n < other.n
class Temperature:
    def __init__(self, c):
        self._c = c
    @property
    def f(self):
        return self._c * 9 / 5 + 32
    @f.setter
    def f(self, value):
        self._c = (value - 32) * 5 / 9
t = Temperature(0)
t.f = 212
assert lift(1) == 2 and wrapper_calls == ["lift"] and "lift" in REGISTRY and Priority(2) >= Priority(1) and t._c == 100
