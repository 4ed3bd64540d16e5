# tries: a way past the policy: patch skill
# full: raised
# raw: any
# policy: accepted
pick.x = 1
print("REACHED")
