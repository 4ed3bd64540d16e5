# tries: a way past the policy: annotation trick
# full: refused
# raw: any
# policy: refused
x: __import__("os") = 1
print("REACHED")
