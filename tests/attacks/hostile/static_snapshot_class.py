# tries: a query's answer made by the program
# full: raised
# raw: any
# policy: accepted
# needs: world
o = get_object("thing0")
made = type(o)({"name": "REACHED", "position": (0, 0, 0)})
print(made.name)
