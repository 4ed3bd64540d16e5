# tries: the C stack, through iterators wrapped six hundred thousand times
# full: crashed
# raw: crashed
# policy: accepted
it = iter([1])
for i in range(6 * 10**5):
    it = filter(None, it)
print(next(it))
