# outcome: goal_not_met
# raw: yes
print("\ud800\x00\x1b[2J\u202e" + "é" * 10)
