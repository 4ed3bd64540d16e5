# tries: an except clause that survives everything
# full: time_out
# raw: any
# policy: accepted
# needs: world
while True:
    try:
        while True:
            gripper_pose
    except BaseException:
        pass
