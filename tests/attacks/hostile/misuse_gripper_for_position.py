# tries: the gripper for a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper(gripper_pose())
