# tries: a way past the policy: mro walk
# full: raised
# raw: any
# policy: accepted
def walk(c):
    return getattr(c, "mr" + "o")()
print("REACHED", walk(int))
