# tries: the class hierarchy by a computed name
# full: raised
# raw: any
# policy: accepted
def walk(c):
    return getattr(c, "mr" + "o")()
print("REACHED", walk(int))
