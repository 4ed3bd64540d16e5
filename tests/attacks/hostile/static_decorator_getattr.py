# outcome: program_error
@lambda f: getattr(f, "__cl" + "osure__")
def f():
    pass
print("ESCAPED", f)
