import numpy as np

obj = get_object("thing0")
start = np.asarray(gripper_pose().position, dtype=float)
goal = np.array(obj.position) + np.array([0, 0, 0.15])


def waypoints(a, b, n=4, lift=0.05):
    for t in np.linspace(0.0, 1.0, n):
        p = (1 - t) * a + t * b
        p[2] += lift * np.sin(np.pi * t)
        yield p


length = 0.0
previous = start
for p in waypoints(start, goal):
    if not is_collision_free(tuple(p)):
        print("blocked near", np.round(p, 2).tolist())
        break
    length += float(np.linalg.norm(p - previous))
    move_gripper(p.tolist(), yaw=float(obj.yaw or 0.0))
    previous = p
assert length >= np.linalg.norm(goal - start) - 1e-9 and length < 5
print(f"path of {length:.3f} m")
