# outcome: timeout
# raw: yes
x = 7 ** (10 ** 9)
