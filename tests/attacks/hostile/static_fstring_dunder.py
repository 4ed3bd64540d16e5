# tries: a way past the policy: fstring dunder
# full: refused
# raw: any
# policy: refused
def f():
    pass
print(f"REACHED {f.__code__}")
