# outcome: resource_limit
# raw: yes
while True:
    gripper_pose()
