# tries: a misused skill in a class body
# full: raised
# raw: raised
# policy: accepted
# needs: world
class Robot:
    held = pick(name=3)
