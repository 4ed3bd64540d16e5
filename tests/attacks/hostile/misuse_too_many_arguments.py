# tries: a call with too many arguments
# full: raised
# raw: raised
# policy: accepted
# needs: world
pick("thing0", 0.0, 1, 2, 3)
