# outcome: program_error
def walk(c):
    return getattr(c, "mr" + "o")()
print("ESCAPED", walk(int))
