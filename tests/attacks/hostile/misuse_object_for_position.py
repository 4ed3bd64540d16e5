# outcome: skill_misuse
# raw: yes
move_gripper(get_object("thing0"))
