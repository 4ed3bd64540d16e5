# outcome: skill_misuse
# raw: yes
move_gripper((0, 0, 1e400))
