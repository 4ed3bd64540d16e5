# tries: the list that a query returned, emptied, and the world expected to follow
# full: completed
# raw: completed
# policy: accepted
# needs: world
things = get_objects()
things.clear()
assert len(get_objects()) == 1
things.append("thing9")
assert len(get_objects()) == 1
