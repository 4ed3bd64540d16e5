# tries: built-in functions replaced in a class body
# full: refused
# raw: any
# policy: refused
class C:
    __builtins__ = {}
print("REACHED")
