# tries: the import function itself
# full: refused
# raw: any
# policy: refused
print("REACHED", __import__("os").getcwd())
