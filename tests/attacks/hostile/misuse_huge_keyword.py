# tries: the name of an argument in a hundred thousand characters
# full: raised
# raw: raised
# policy: accepted
# needs: world
pick(**{"x" * 100_000: 1})
