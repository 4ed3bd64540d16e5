# tries: a generator for a position, which gives nothing the second time
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper(x / 10 for x in range(3))
