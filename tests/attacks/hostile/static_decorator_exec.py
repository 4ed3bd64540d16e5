# tries: a way past the policy: decorator exec
# full: refused
# raw: any
# policy: refused
@exec
@str
class C:
    pass
print("REACHED")
