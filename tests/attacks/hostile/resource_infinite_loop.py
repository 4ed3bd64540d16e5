# outcome: timeout
# raw: yes
while True:
    pass
