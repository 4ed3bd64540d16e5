# tries: all the simulated time, whatever is raised
# full: simulated_time_out
# raw: simulated_time_out
# policy: accepted
# needs: world
while True:
    try:
        open_gripper()
    except BaseException:
        pass
