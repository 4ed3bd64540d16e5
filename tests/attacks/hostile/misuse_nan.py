# tries: a position that is no number
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((float("nan"), 0, 1))
