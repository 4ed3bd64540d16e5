# tries: an attribute of a skill, set
# full: raised
# raw: any
# policy: accepted
pick.x = 1
print("REACHED")
