# tries: recursion through repr of a list a hundred thousand levels deep
# full: raised
# raw: raised
# policy: accepted
x = []
for i in range(10**5):
    x = [x]
print(repr(x)[:10])
