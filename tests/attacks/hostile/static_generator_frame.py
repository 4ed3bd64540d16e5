# tries: frames through a generator
# full: refused
# raw: any
# policy: refused
def g():
    yield 1
print("REACHED", g().gi_frame.f_back.f_builtins)
