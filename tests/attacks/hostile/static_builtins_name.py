# tries: a way past the policy: builtins name
# full: refused
# raw: any
# policy: refused
print("REACHED", __builtins__["open"])
