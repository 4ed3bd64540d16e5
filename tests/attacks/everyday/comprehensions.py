squares = [x * x for x in range(5) if x % 2]
table = {i: c for i, c in enumerate("abc")}
unique = {x % 3 for x in range(10)}
nested = [(i, j) for i in range(2) for j in range(2)]
total = sum(x for x in squares)
assert (squares, table[1], unique, len(nested), total) == ([1, 9], "b", {0, 1, 2}, 4, 10)
