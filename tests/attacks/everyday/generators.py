def countdown(n):
    while n > 0:
        received = yield n
        n -= received or 1
def flatten(items):
    for item in items:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item
assert list(countdown(3)) == [3, 2, 1] and list(flatten([1, [2, [3]]])) == [1, 2, 3]
g = countdown(5)
assert next(g) == 5 and g.send(2) == 3
g.close()
