class Pose:
    x = 1.5
assert "{} {1}".replace("{1}", "x") == "{} x"
assert "{0.x:.1f} {name} {items[1]}".format(Pose(), name="a", items=[1, 2]) == "1.5 a 2"
assert "%s is %.2f m" % ("it", 1.0) == "it is 1.00 m"
assert "{a}".format_map({"a": 1}) == "1" and format(3.14159, ".2f") == "3.14"
assert str.format("{}-{}", 1, 2) == "1-2"
