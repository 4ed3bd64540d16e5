# tries: a metaclass hidden in starred class keywords
# full: refused
# raw: any
# policy: refused
class C(**{"metaclass": int}):
    pass
print("REACHED")
