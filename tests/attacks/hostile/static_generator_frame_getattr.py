# outcome: program_error
def g():
    yield 1
print("ESCAPED", getattr(g(), "gi_" + "frame"))
