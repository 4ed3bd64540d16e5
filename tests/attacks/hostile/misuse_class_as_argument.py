# tries: a class for a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
class Position:
    x, y, z = 0.1, 0.2, 0.9
move_gripper(Position)
