# tries: a number for a flag
# full: raised
# raw: raised
# policy: accepted
# needs: world
close_gripper(1)
