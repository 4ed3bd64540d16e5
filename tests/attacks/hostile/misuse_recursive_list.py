# tries: a list that holds itself as a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
x = []
x.append(x)
move_gripper(x)
