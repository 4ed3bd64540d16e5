# tries: a list that calls a skill while it is turned into an argument
# full: completed
# raw: completed
# policy: accepted
# needs: world
class Calling(list):
    def __iter__(self):
        gripper_pose()
        return iter((0.1, 0.2, 0.9))
move_gripper(Calling([0.1, 0.2, 0.9]))
