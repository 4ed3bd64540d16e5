def describe(v):
    if isinstance(v, (list, tuple)):
        return "many"
    if type(v) is int or type(v) == float:
        return type(v).__name__
    return v.__class__.__name__
assert [describe(v) for v in ([], 1, 1.0, "a", None)] == ["many", "int", "float", "str", "NoneType"]
try:
    int("x")
except Exception as e:
    assert type(e).__name__ == "ValueError" and isinstance(e, ValueError)
