# outcome: skill_misuse
# raw: yes
pick("x" * 10**6)
