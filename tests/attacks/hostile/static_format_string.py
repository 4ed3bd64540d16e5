# outcome: program_error
def f():
    pass
print("ESCAPED", "{0.__globals__}".format(f))
