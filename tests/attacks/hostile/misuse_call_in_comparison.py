# tries: skills called while a list is sorted
# full: completed
# raw: completed
# policy: accepted
# needs: world
class Key:
    def __lt__(self, other):
        return gripper_pose().opening > 1
sorted([Key(), Key(), Key()])
