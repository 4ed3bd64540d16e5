# outcome: program_error
print("ESCAPED", "{f.__self__}".format_map({"f": print}))
