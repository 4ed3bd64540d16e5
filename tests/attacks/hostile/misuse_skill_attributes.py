# tries: a skill's attributes, changed
# full: refused
# raw: completed
# policy: refused
# needs: world
pick.__name__ = "place_on"
