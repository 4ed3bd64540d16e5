"""Sort all things by color, nearest first, and report what could not be done."""
from collections import defaultdict

TARGETS = {"red": (0.4, 0.2, 0.02), "green": (0.4, -0.2, 0.02)}
FALLBACK = (0.5, 0.0, 0.02)

groups = defaultdict(list)
for obj in get_objects():
    groups[getattr(obj, "color", None) or "unknown"].append(obj)

report = {"moved": [], "skipped": {}}
for color, members in sorted(groups.items(), key=lambda kv: (-len(kv[1]), kv[0])):
    target = TARGETS.get(color, FALLBACK)
    for i, obj in enumerate(sorted(members, key=lambda o: (o.position[1], o.name))):
        x, y, z = target
        spot = (x + 0.06 * i, y, z)
        if not is_reachable(spot):
            report["skipped"][obj.name] = "out of reach"
            continue
        try:
            pick(obj.name)
            place_at(spot)
        except (GraspMissed, PathBlocked, Unreachable) as e:
            report["skipped"][obj.name] = str(e)
            open_gripper()
        else:
            report["moved"].append(obj.name)
assert "thing0" in report["moved"], report
print("moved {n} of {m}".format(n=len(report["moved"]), m=sum(map(len, groups.values()))))
for name, why in report["skipped"].items():
    print(f"  {name:<10} {why}")
