# tries: a float that turns into something else
# full: completed
# raw: completed raised
# policy: accepted
# needs: world
class Liar(float):
    def __float__(self):
        return 0.5
    def __repr__(self):
        return "NaN"
    def __abs__(self):
        return -1.0
move_gripper((Liar(0.1), 0.2, 0.9))
