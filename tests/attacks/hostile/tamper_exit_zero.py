# outcome: goal_not_met
# raw: yes
raise SystemExit(0)
