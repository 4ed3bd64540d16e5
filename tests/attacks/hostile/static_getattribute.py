# tries: a way past the policy: getattribute
# full: refused
# raw: any
# policy: refused
class C:
    def __getattribute__(self, name):
        return 1
print("REACHED", C().x)
