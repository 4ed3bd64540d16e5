# outcome: skill_misuse
# raw: yes
move_gripper(lambda: 1)
