import math
from itertools import product

obj = get_object("thing0")
x, y, z = obj.position

def candidates(radius=0.02, steps=4):
    for i, height in product(range(steps), (0.10, 0.15)):
        angle = 2 * math.pi * i / steps
        yield (x + radius * math.cos(angle), y + radius * math.sin(angle), z + height), angle

best, best_cost = None, float("inf")
for position, yaw in candidates():
    if not is_reachable(position=position, yaw=yaw):
        continue
    if not is_collision_free(position):
        continue
    cost = math.dist(position, (x, y, z)) + 0.01 * abs(math.sin(yaw))
    if cost < best_cost:
        best, best_cost = (position, yaw), cost
if best is None:
    raise SystemExit("no grasp found")
position, yaw = best
move_gripper(position, yaw=yaw)
assert best_cost < 0.2
print("best: x={:.3f} y={:.3f} z={:.3f} yaw={:+.2f}".format(*position, yaw))
