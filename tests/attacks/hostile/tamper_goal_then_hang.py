# tries: the goal reached, and then no end
# full: time_out
# raw: time_out
# policy: accepted
# needs: world
pick("thing0")
place_on("thing0")
while True:
    pass
