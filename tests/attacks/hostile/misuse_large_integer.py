# tries: a coordinate beyond sixty-four bits
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((2**63, 0, 0))
