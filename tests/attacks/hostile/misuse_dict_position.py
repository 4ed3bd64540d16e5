# tries: a dict for a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper({"x": 0.1, "y": 0.2, "z": 0.9})
