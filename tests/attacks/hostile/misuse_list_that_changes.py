# tries: a list that holds something else each time it is looked at
# full: completed
# raw: completed
# policy: accepted
# needs: world
class Changing(list):
    seen = []
    def __iter__(self):
        self.seen.append(1)
        return iter((0.1, 0.2, 0.9) if len(self.seen) == 1 else (1e9, float("nan"), "x"))
move_gripper(Changing([0.1, 0.2, 0.9]))
