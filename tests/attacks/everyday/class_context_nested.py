class Section:
    depth = 0

    def __init__(self, title):
        self.title = title

    def __enter__(self):
        print("  " * Section.depth + "> " + self.title)
        Section.depth += 1
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        Section.depth -= 1
        if exc_type is not None:
            print(f"{self.title} failed with {exc_type.__name__}: {exc_value}")
        return exc_type is KeyError


with Section("outer") as outer, Section("inner") as inner:
    assert Section.depth == 2
assert Section.depth == 0
with Section("quiet"):
    {}["missing"]
try:
    with Section("loud"):
        1 / 0
except ZeroDivisionError:
    pass
else:
    raise AssertionError
