# tries: a list of a million numbers as a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper([0.0] * 10**6)
