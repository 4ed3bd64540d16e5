# tries: a complex number for an angle
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((0.1, 0.2, 0.9), 1j)
