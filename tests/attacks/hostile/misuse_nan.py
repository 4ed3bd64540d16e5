# outcome: skill_misuse
# raw: yes
move_gripper((float("nan"), 0, 1))
