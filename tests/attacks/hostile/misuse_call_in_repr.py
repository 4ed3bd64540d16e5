# tries: a skill called while something is printed
# full: completed
# raw: completed
# policy: accepted
# needs: world
class Loud:
    def __repr__(self):
        return f"at {gripper_pose().position}"
print(Loud(), [Loud()])
