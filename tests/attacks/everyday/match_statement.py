from dataclasses import dataclass
@dataclass
class P:
    x: int
    y: int
def describe(v):
    match v:
        case 0 | 1:
            return "small"
        case [first, *rest] if rest:
            return f"list of {first} and {len(rest)}"
        case {"kind": str(kind), **others}:
            return f"{kind} {len(others)}"
        case P(x=0, y=y):
            return f"on axis {y}"
        case P(x, y):
            return f"point {x} {y}"
        case None:
            return "none"
        case _:
            return "other"
assert [describe(v) for v in (1, [1, 2], {"kind": "jar", "a": 1}, P(0, 2), P(1, 2), None, "q")] == [
    "small", "list of 1 and 1", "jar 1", "on axis 2", "point 1 2", "none", "other"]
