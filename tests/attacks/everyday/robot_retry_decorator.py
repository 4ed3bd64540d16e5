import functools
import time


def retry(times=3, exceptions=(SkillError,), delay=0.1):
    """Try a function several times."""

    def decorator(func):
        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            last_error = None
            for attempt in range(1, times + 1):
                try:
                    return func(*args, **kwargs)
                except exceptions as error:
                    last_error = error
                    print(f"attempt {attempt}/{times} failed: {error}")
                    time.sleep(delay * attempt)
            raise RuntimeError(f"{func.__name__} failed after {times} tries") from last_error

        return wrapper

    return decorator


@retry(times=2, exceptions=(GraspMissed, Unreachable, PathBlocked), delay=0.5)
def grab(name):
    """Pick up an object by name."""
    return pick(name)


assert grab.__name__ == "grab" and grab.__doc__ == "Pick up an object by name."
assert grab("thing0") == "thing0"
start = time.time()
try:
    grab("far")
except RuntimeError as error:
    assert isinstance(error.__cause__, Unreachable), type(error.__cause__)
else:
    raise AssertionError("the far thing was reached")
assert time.time() - start >= 1.4
