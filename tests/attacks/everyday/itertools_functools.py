import itertools
from functools import reduce, partial, lru_cache, wraps, cmp_to_key
from itertools import product, combinations
@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def traced(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper
@traced
def add(a, b):
    """Add."""
    return a + b
assert fib(30) == 832040 and reduce(add, [1, 2, 3]) == 6 and partial(add, 1)(2) == 3
assert add.__name__ == "add" and add.__doc__ == "Add."
assert len(list(product([1, 2], repeat=2))) == 4 and list(itertools.chain([1], [2])) == [1, 2]
assert len(list(combinations(range(4), 2))) == 6
