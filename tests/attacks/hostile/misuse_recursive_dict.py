# tries: a dict that holds itself as a name
# full: raised
# raw: raised
# policy: accepted
# needs: world
x = {}
x["x"] = x
pick(x)
