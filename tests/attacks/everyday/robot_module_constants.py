# Constants, helpers, one main; with type comments and a long docstring.
"""Not the module's docstring, for it comes after a comment; still a string."""
import math
import time

SAFE_Z: float = 0.3
TOLERANCE = 1e-3
DIRECTIONS = ("left", "right", "forward", "back")
OFFSETS = dict(zip(DIRECTIONS, [(0, 0.1), (0, -0.1), (0.1, 0), (-0.1, 0)]))
DEBUG = not True


def log(*args, **kwargs):
    if DEBUG:
        print("[debug]", *args, **kwargs)


def close_to(a, b, tol=TOLERANCE):
    # type: (tuple, tuple, float) -> bool
    return math.hypot(*(p - q for p, q in zip(a, b))) <= tol


def wait_until(condition, timeout=2.0, poll=0.25):
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(poll)
    return True


def nudge(position, direction):
    dx, dy = OFFSETS[direction]
    x, y, *z = position
    return (x + dx, y + dy, *z)


if __name__ == '__main__':
    begun = time.perf_counter()
    assert wait_until(lambda: time.perf_counter() - begun > 0.9)
    assert not wait_until(lambda: False, timeout=0.5)
    thing = get_objects()[0]
    spot = nudge(thing.position, "left")
    assert not close_to(spot, thing.position) and close_to(nudge(spot, "right"), thing.position)
    log("spot", spot)
    pick(thing.name); place_at(spot)
