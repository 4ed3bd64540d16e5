# outcome: program_error
pick.x = 1
print("ESCAPED")
