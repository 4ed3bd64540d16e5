# tries: a way past the policy: dunder import
# full: refused
# raw: any
# policy: refused
print("REACHED", __import__("os").getcwd())
