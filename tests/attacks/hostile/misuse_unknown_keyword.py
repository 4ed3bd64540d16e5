# tries: an argument that is misspelt
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((0.1, 0.2, 0.9), yaww=1.0)
