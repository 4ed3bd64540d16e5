# outcome: program_error
def f():
    pass
print("ESCAPED", getattr(f, "__glo" + "bals__"))
