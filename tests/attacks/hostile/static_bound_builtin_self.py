# tries: the object that a built-in function is bound to
# full: raised
# raw: any
# policy: accepted
print("REACHED", getattr(print, "__se" + "lf__"), getattr(len, "__se" + "lf__"))
