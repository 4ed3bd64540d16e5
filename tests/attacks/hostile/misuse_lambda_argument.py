# tries: a function for a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper(lambda: 1)
