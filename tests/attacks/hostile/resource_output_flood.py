# outcome: resource_limit
# raw: yes
while True:
    print("x" * 10000)
