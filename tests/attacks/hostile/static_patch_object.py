# outcome: program_error
o = get_object("thing0")
o.position = (0, 0, 0)
print("ESCAPED", o.position)
