data = {"n": 1, "list": [1, 2, 3]}
data["n"] += 4
data["list"][0] -= 1
data["list"] += [9]
data["list"][1:3] *= 2
class Box:
    total = 0
b = Box()
b.total += 2
b.total **= 3
calls = []
def index():
    calls.append(1)
    return "n"
data[index()] //= 2
assert data == {"n": 2, "list": [0, 2, 3, 2, 3, 9]} and b.total == 8 and calls == [1]
x = 5
x <<= 1
x |= 1
assert x == 11
