# tries: an object for a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper(get_object("thing0"))
