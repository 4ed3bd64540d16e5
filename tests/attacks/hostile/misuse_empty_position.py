# tries: a position of nothing
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper(())
