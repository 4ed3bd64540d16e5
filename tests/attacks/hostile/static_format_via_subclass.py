# outcome: program_error
class S(str):
    pass
def f():
    pass
print("ESCAPED", S("{0.__code__}").format(f))
