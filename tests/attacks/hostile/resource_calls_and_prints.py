# tries: skill calls and prints, whichever limit comes last
# full: call_budget time_out
# raw: call_budget time_out
# policy: accepted
# needs: world
while True:
    gripper_pose()
    print("x" * 100)
