import functools


def counted(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return func(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


class Memoize:
    def __init__(self, func):
        functools.update_wrapper(self, func)
        self.func = func
        self.cache = {}

    def __call__(self, *args):
        if args not in self.cache:
            self.cache[args] = self.func(*args)
        return self.cache[args]


def validate(**rules):
    def decorator(func):
        @functools.wraps(func)
        def wrapper(**kwargs):
            for key, check in rules.items():
                if not check(kwargs[key]):
                    raise ValueError(f"bad {key}: {kwargs[key]}")
            return func(**kwargs)

        return wrapper

    return decorator


@counted
def add(a, b):
    return a + b


@Memoize
def fib(n):
    """Fibonacci."""
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@validate(height=lambda h: 0 < h < 1, name=str.isidentifier)
def lift(height, name):
    return f"{name}@{height}"


add(1, 2)
add(3, 4)
assert add.calls == 2 and add.__wrapped__(1, 1) == 2
assert fib(50) == 12586269025 and fib.__name__ == "fib" and fib.__doc__ == "Fibonacci."
assert lift(height=0.5, name="jar") == "jar@0.5"
try:
    lift(height=2, name="jar")
    raise AssertionError
except ValueError as error:
    assert str(error) == "bad height: 2"
