# tries: a position at infinity
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((0, 0, 1e400))
