from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple

words = "the red jar and the blue jar and the lid".split()
counts = Counter(words)
counts.update(["lid"])
counts["cup"] += 1
assert counts.most_common(2) == [("the", 3), ("jar", 2)] and sum(counts.values()) == 12
index = defaultdict(lambda: defaultdict(list))
for i, word in enumerate(words):
    index[len(word)][word].append(i)
assert index[3]["jar"] == [2, 6] and Counter("aab") - Counter("ab") == Counter("a")
Pose = namedtuple("Pose", "x y yaw", defaults=[0.0])
p = Pose(1, 2)
x, y, yaw = p
assert p._replace(yaw=1)._asdict() == {"x": 1, "y": 2, "yaw": 1} and Pose._fields == ("x", "y", "yaw") and p[-1] == 0.0
Pose2 = Pose._make([1, 2, 3])


class Pose3(namedtuple("Base", ["x", "y"])):
    __slots__ = ()

    @property
    def norm(self):
        return (self.x**2 + self.y**2) ** 0.5


assert Pose3(3, 4).norm == 5 and repr(Pose3(1, 2)) == "Pose3(x=1, y=2)"
window = deque(maxlen=3)
for v in range(5):
    window.append(v)
window.rotate(1)
window.appendleft(9)
assert list(window) == [9, 4, 2]
od = OrderedDict(a=1, b=2)
od.move_to_end("a")
settings = ChainMap({"speed": 2}, {"speed": 1, "height": 3})
assert list(od) == ["b", "a"] and settings["speed"] == 2 and dict(settings)["height"] == 3
d = {}
d.setdefault("k", []).append(1)
d |= {"z": 2}
d["k"] += [2]
assert d.pop("k") == [1, 2] and d.get("q", 5) == 5 and {1, 2} ^ {2, 3} == {1, 3} and {1} <= {1, 2} and frozenset("ab") & {"a"}
