# tries: skills called by a generator that is closed half-way
# full: completed
# raw: completed
# policy: accepted
# needs: world
def steps():
    try:
        while True:
            gripper_pose()
            yield 1
    finally:
        open_gripper()
g = steps()
next(g)
next(g)
g.close()
