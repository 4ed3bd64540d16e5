# tries: a position with its orientation
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((0.1, 0.2, 0.9, 1.0, 0.0, 0.0, 0.0))
