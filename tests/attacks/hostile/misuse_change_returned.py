# tries: an object that a query returned, moved by assignment
# full: raised
# raw: raised
# policy: accepted
# needs: world
thing = get_object("thing0")
thing.position = (0.0, 0.0, 0.0)
