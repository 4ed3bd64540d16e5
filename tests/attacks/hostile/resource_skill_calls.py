# tries: skill calls without end
# full: call_budget
# raw: call_budget
# policy: accepted
# needs: world
while True:
    gripper_pose()
