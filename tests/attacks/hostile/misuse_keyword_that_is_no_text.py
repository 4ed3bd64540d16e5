# tries: a number for the name of an argument
# full: raised
# raw: raised
# policy: accepted
# needs: world
pick(**{1: 2})
