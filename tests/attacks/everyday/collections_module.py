from collections import defaultdict, Counter, deque, namedtuple, OrderedDict
groups = defaultdict(list)
for name in ["jar0", "jar1", "lid0"]:
    groups[name[:3]].append(name)
counts = Counter("banana")
counts["a"] += 1
queue = deque([1, 2], maxlen=2)
queue.append(3)
queue[0] = 5
Pose = namedtuple("Pose", ["x", "y"])
p = Pose(1, y=2)
assert groups["jar"] == ["jar0", "jar1"] and counts.most_common(1)[0] == ("a", 4) and list(queue) == [5, 3]
assert p._replace(x=3) == Pose(3, 2) and p._asdict() == {"x": 1, "y": 2} and p.x == 1
