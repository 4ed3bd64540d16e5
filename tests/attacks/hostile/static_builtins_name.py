# tries: the real built-in functions by their dict's name
# full: refused
# raw: any
# policy: refused
print("REACHED", __builtins__["open"])
