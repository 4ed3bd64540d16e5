# tries: a name of a million characters
# full: raised
# raw: raised
# policy: accepted
# needs: world
pick("x" * 10**6)
