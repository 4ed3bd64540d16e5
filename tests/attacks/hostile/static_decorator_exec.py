# tries: exec called as a decorator
# full: refused
# raw: any
# policy: refused
@exec
@str
class C:
    pass
print("REACHED")
