# tries: more names than a call may hold, but few enough for the guest
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((0.1, 0.2, 0.9), allow_contact_with=["thing0"] * 100)
