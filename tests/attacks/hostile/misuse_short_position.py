# tries: a position of two numbers
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper([0.1, 0.2])
