# tries: a query's answer, changed
# full: raised
# raw: any
# policy: accepted
# needs: world
o = get_object("thing0")
o.position = (0, 0, 0)
print("REACHED", o.position)
