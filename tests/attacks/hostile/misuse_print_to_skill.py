# tries: print's file given a skill
# full: raised
# raw: raised
# policy: accepted
print("x", file=pick)
