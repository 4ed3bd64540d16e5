# tries: a comparison of two lists that hold each other
# full: raised
# raw: raised crashed
# policy: accepted
a, b = [], []
a.append(b)
b.append(a)
print(a == b)
