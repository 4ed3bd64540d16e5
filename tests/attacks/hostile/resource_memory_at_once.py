# outcome: resource_limit
# raw: yes
x = [0] * 10**11
