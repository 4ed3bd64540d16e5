# tries: a skill as the argument of a skill
# full: raised
# raw: raised
# policy: accepted
# needs: world
pick(pick)
