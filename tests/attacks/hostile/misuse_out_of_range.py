# tries: a coordinate ten thousand kilometres away
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((1e7, 0.2, 0.9))
