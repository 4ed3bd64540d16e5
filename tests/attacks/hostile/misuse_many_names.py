# tries: a thousand names at once
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper((0.1, 0.2, 0.9), allow_contact_with=["thing0"] * 1000)
