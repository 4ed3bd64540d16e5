objects = get_objects(kind="thing")
for obj in sorted(objects, key=lambda o: o.position[0]):
    x, y, z = obj.position
    assert obj.name == "thing0" and obj.color == "red" and obj.height > 0
    held = pick(obj.name)
    assert held == "thing0"
    place_at((x, y + 0.1, z), yaw=obj.yaw)
pose = gripper_pose()
assert len(pose.position) == 3 and pose.holding is None
print(f"{pose.opening:.3f}", obj)
