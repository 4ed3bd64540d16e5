# tries: a way past the policy: patch object
# full: raised
# raw: any
# policy: accepted
o = get_object("thing0")
o.position = (0, 0, 0)
print("REACHED", o.position)
