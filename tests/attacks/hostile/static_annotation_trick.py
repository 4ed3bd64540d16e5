# tries: code in an annotation
# full: refused
# raw: any
# policy: refused
x: __import__("os") = 1
print("REACHED")
