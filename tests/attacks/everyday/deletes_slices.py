items = list(range(10))
del items[0], items[-1]
items[2:4] = []
part = items[::2]
grid = [[0] * 3 for _ in range(3)]
grid[1][2] = 7
d = {"a": 1}
del d["a"]
assert part == [1, 5, 7] and grid[1] == [0, 0, 7] and not d and items[-1] == 8
