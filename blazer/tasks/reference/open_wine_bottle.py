import math

cap = get_objects(kind="cap")[0]
bottle = get_objects(kind="bottle")[0]
x, y, z = cap.position

# The thread lets go after 150 degrees, counter-clockwise.
open_gripper()
move_gripper((x, y, z + 0.1), cap.yaw)
move_gripper((x, y, z), cap.yaw)
close_gripper()
rotate_gripper(math.radians(160))
move_gripper((x, y, z + 0.08))

# Beside the bottle first: behind it, the arm would have to lean over it. The wrist unwinds on the way.
table = bottle.position[2] - bottle.height / 2
for degrees in [90, -90, 130, -130, 50, -50, 180, 0]:
    angle = math.radians(degrees)
    place = (x + 0.15 * math.cos(angle), y + 0.15 * math.sin(angle), table + cap.height / 2 + 0.005)
    try:
        place_at(place, cap.yaw)
        break
    except SkillError:
        continue
