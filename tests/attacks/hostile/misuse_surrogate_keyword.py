# tries: half a character for the name of an argument
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((0.1, 0.2, 0.9), **{"\ud800": 1})
