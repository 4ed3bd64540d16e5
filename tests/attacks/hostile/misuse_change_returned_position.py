# tries: the position that a query returned, changed in place
# full: raised
# raw: raised
# policy: accepted
# needs: world
thing = get_object("thing0")
thing.position[0] = 0.5
