data = [3, 1, 2]
if (n := len(data)) > 2:
    assert n == 3
assert [y for x in data if (y := x * 2) > 2] == [6, 4]
