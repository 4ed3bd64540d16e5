# outcome: program_error
def f():
    pass
print("ESCAPED", list(map(str.format, ["{0.__globals__}"], [f])))
