# outcome: goal_not_met
# raw: yes
print("passed")
raise SystemExit("success")
