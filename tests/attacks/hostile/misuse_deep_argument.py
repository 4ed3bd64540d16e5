# tries: a list nested a hundred levels deep as a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
x = []
for i in range(100):
    x = [x]
move_gripper(x)
