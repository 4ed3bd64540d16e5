import math

cap = get_objects(kind="cap")[0]
bottle = get_objects(kind="bottle")[0]
x, y, z = cap.position

# Two strokes of 80 degrees, counter-clockwise: together more than the thread's 150.
stroke = math.radians(80)
open_gripper()
move_gripper((x, y, z + 0.1), cap.yaw)
move_gripper((x, y, z), cap.yaw)
for turn in range(2):
    close_gripper()
    rotate_gripper(stroke)
    if turn == 0:
        open_gripper()
        rotate_gripper(-stroke)

move_gripper((x, y, z + 0.08))
# Unwind the wrist on the way down to the table.
table = bottle.position[2] - bottle.height / 2
for angle in [0, 1, -1, 2, -2, 3]:
    place = (x + 0.15 * math.cos(angle), y + 0.15 * math.sin(angle), table + cap.height / 2 + 0.005)
    if is_collision_free(place, cap.yaw):
        place_at(place, cap.yaw)
        break
