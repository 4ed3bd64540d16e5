# tries: a call without its argument
# full: raised
# raw: raised
# policy: accepted
# needs: world
pick()
