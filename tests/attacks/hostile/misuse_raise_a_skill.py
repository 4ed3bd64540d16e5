# tries: a skill, raised and used as a context
# full: raised
# raw: raised
# policy: accepted
# needs: world
with pick:
    pass
