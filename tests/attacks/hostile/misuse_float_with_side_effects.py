# tries: an object that would be a number if asked, and calls skills when asked
# full: raised
# raw: raised
# policy: accepted
# needs: world
class Number:
    def __float__(self):
        gripper_pose()
        return 0.1
    __index__ = __int__ = lambda self: 1
move_gripper((Number(), 0.2, 0.9))
