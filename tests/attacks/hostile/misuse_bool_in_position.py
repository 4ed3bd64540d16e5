# tries: True for a coordinate
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((True, 0.2, 0.9))
