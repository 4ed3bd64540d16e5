# tries: an angle that is no number
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((0.1, 0.2, 0.9), yaw=float("inf") - float("inf"))
