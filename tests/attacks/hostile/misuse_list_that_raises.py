# tries: a list whose iteration raises
# full: raised
# raw: raised
# policy: accepted
# needs: world
class Raising(list):
    def __iter__(self):
        raise ValueError("not today")
move_gripper(Raising([0.1, 0.2, 0.9]))
