# tries: a list that says three and holds a million
# full: raised
# raw: raised
# policy: accepted
# needs: world
class Liar(list):
    def __len__(self):
        return 3
move_gripper(Liar([0.1] * 10**6))
