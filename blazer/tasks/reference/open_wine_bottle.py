import math

cap = get_objects(kind="cap")[0]
bottle = get_objects(kind="bottle")[0]
x, y, z = cap.position

# The thread lets go after 150 degrees, counter-clockwise.
open_gripper()
move_gripper((x, y, z + 0.1), cap.yaw)
move_gripper((x, y, z), cap.yaw)
close_gripper()
try:
    rotate_gripper(math.radians(160))
except Unreachable:
    # The wrist has not that much room here: two strokes, going back with open fingers.
    rotate_gripper(math.radians(80))
    open_gripper()
    rotate_gripper(math.radians(-80))
    close_gripper()
    rotate_gripper(math.radians(80))
move_gripper((x, y, z + 0.08))

# Beside the bottle, towards the middle of the table: behind it, the arm would have to lean over it.
# The wrist unwinds on the way.
middle = -1 if y > 0 else 1
table = bottle.position[2] - bottle.height / 2
for degrees in [90, 130, 50, 180, -90, -130, -50, 0]:
    angle = middle * math.radians(degrees)
    place = (x + 0.15 * math.cos(angle), y + 0.15 * math.sin(angle), table + cap.height / 2 + 0.005)
    try:
        place_at(place, cap.yaw)
        break
    except SkillError:
        continue
