from functools import cache, cached_property, lru_cache, partial, reduce, total_ordering

calls = []


class Scene:
    def __init__(self, names):
        self.names = names

    @cached_property
    def by_kind(self):
        calls.append("by_kind")
        groups = {}
        for name in self.names:
            groups.setdefault(name.rstrip("0123456789"), []).append(name)
        return groups

    @lru_cache(maxsize=32)
    def count(self, kind):
        return len(self.by_kind.get(kind, ()))


@cache
def paths(x, y):
    return 1 if x == 0 or y == 0 else paths(x - 1, y) + paths(x, y - 1)


@total_ordering
class Version:
    def __init__(self, text):
        self.parts = tuple(map(int, text.split(".")))

    def __eq__(self, other):
        return self.parts == other.parts

    def __lt__(self, other):
        return self.parts < other.parts


scene = Scene(["jar0", "jar1", "lid0"])
assert scene.by_kind is scene.by_kind and calls == ["by_kind"] and scene.count("jar") == 2
assert paths(8, 8) == 12870 and paths.cache_info().hits > 0
assert Version("1.10") >= Version("1.9") and max([Version("0.9"), Version("0.10")]).parts == (0, 10)
power = partial(pow, 2)
assert power(5) == 32 and reduce(lambda a, b: a * b, range(1, 6), 1) == 120
