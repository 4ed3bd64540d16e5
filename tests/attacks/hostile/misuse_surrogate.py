# outcome: skill_misuse
# raw: yes
move_gripper("\ud800")
