# tries: a map object for a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper(map(float, ["0.1", "0.2", "0.9"]))
