# tries: half a character for a position
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper("\ud800")
