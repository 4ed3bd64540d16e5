# tries: getattr called by sorted
# full: raised
# raw: any
# policy: accepted
def f():
    pass
print("REACHED", sorted([f], key=lambda x: getattr(x, "__globals__")))
