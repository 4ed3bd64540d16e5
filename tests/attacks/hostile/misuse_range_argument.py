# tries: a range for a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper(range(3))
