# tries: a coordinate of four hundred digits
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((10**400, 0, 0))
