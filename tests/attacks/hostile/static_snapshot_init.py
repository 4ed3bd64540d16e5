# tries: what a query returned, changed by calling its __init__ again
# full: raised
# raw: any
# policy: accepted
# needs: world
o = get_object("thing0")
o.__init__({"name": "thing0", "position": (0, 0, 0)})
print("REACHED", o.position)
