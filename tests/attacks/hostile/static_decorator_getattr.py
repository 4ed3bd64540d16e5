# tries: a way past the policy: decorator getattr
# full: raised
# raw: any
# policy: accepted
@lambda f: getattr(f, "__cl" + "osure__")
def f():
    pass
print("REACHED", f)
