# tries: an integer that says it is small and turns into a huge one
# full: completed
# raw: completed raised
# policy: accepted
# needs: world
class Liar(int):
    def __int__(self):
        return 10**5000
    def __abs__(self):
        return 0
    def __index__(self):
        return 10**5000
move_gripper((Liar(0), 0.2, 0.9))
