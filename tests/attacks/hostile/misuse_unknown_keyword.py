# outcome: skill_misuse
# raw: yes
move_gripper((0.1, 0.2, 0.9), yaww=1.0)
