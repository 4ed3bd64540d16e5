# tries: a way past the policy: format map string
# full: raised
# raw: any
# policy: accepted
print("REACHED", "{f.__self__}".format_map({"f": print}))
