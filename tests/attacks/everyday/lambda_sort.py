objects = [("a", 0.3), ("b", 0.1), ("c", 0.2)]
objects.sort(key=lambda o: o[1])
nearest = min(objects, key=lambda o: abs(o[1] - 0.21))
assert [o[0] for o in objects] == ["b", "c", "a"] and nearest[0] == "c"
assert sorted(objects, reverse=True)[0][0] == "c" and max([3, 1, 2]) == 3
