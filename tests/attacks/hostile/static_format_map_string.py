# tries: attributes in the braces of format_map
# full: raised
# raw: any
# policy: accepted
print("REACHED", "{f.__self__}".format_map({"f": print}))
