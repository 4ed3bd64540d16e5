# outcome: skill_misuse
# raw: yes
x = []
for i in range(100):
    x = [x]
move_gripper(x)
