# tries: a way past the policy: catch the end of the channel
# full: time_out
# raw: any
# policy: accepted
while True:
    try:
        while True:
            gripper_pose
    except BaseException:
        pass
