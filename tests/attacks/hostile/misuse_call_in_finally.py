# tries: a skill called while an exception is under way
# full: raised
# raw: raised
# policy: accepted
# needs: world
try:
    1 / 0
finally:
    open_gripper()
