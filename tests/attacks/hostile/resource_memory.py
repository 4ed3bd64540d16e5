# outcome: resource_limit
# raw: yes
x = []
while True:
    x.append(bytearray(10**7))
