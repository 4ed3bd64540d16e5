name, value, items = "jar", 1234.5678, [3, 1, 2]
assert f"{name!r:>8}|{value:,.2f}|{value:10.1e}|{value:+.0f}" == "   'jar'|1,234.57|   1.2e+03|+1235"
assert f"{value=:.1f} {len(items)=} {items!s} {'=' * 5}" == "value=1234.6 len(items)=3 [3, 1, 2] ====="
width, precision = 12, 3
assert f"{value:{width}.{precision}f}|" == "    1234.568|" and f"{7:03d} {255:#x} {5:b} {0.256:.1%}" == "007 0xff 101 25.6%"
assert "{:<6}|{:^6}|{:>6}".format("a", "b", "c") == "a     |  b   |     c"
assert "{0} {1} {0}".format("x", "y") == "x y x" and "{n:.2f} {d[k]} {l[0]}".format(n=1, d={"k": 2}, l=[3]) == "1.00 2 3"
assert "%s is %5.2f%% of %d and %r" % ("it", 12.345, 10, "q") == "it is 12.35% of 10 and 'q'"
assert "%(name)s-%(n)03d" % {"name": "jar", "n": 7} == "jar-007"
assert "{:{fill}{align}{width}}".format("mid", fill="*", align="^", width=9) == "***mid***"
assert "{name} {age}".format(**{"name": "a", "age": 3}) == "a 3" and "{a}-{b}".format_map({"a": 1, "b": 2}) == "1-2"
rows = [("name", "x"), ("jar0", 0.5)]
table = "\n".join(" | ".join(f"{cell!s:<6}" for cell in row).rstrip() for row in rows)
assert table == "name   | x\njar0   | 0.5" and f"""{name}
{value:.0f}""" == "jar\n1235"
assert str(1.0) + repr("é") == "1.0'é'" and ascii("é") == "'\\xe9'" and format(12.5, "08.2f") == "00012.50"
