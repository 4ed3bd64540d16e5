import textwrap
from itertools import zip_longest


def table(rows, headers):
    widths = [max(len(str(c)) for c in col) for col in zip_longest(headers, *rows, fillvalue="")]
    line = "+".join("-" * (w + 2) for w in widths)
    body = [" | ".join(str(c).ljust(w) for c, w in zip(row, widths)) for row in (headers, *rows)]
    return "\n".join([body[0], line, *body[1:]])


def bar(value, total, width=20):
    filled = int(width * value / total)
    return f"[{'#' * filled}{'.' * (width - filled)}] {value / total:6.1%}"


report = table([("jar", 0.25), ("lid", 1)], ("name", "x"))
assert report.splitlines()[0] == "name | x   " and report.count("\n") == 3
assert bar(1, 4, 8) == "[##......]  25.0%"
long = "The arm moves above the jar, opens the gripper, goes down and closes it again."
assert max(map(len, textwrap.wrap(long, 30))) <= 30 and textwrap.shorten(long, 20, placeholder="...") == "The arm moves..."
assert textwrap.dedent("""
    a
      b
    """).strip() == "a\n  b"
print(report, bar(3, 4), textwrap.indent("x", "> "), sep="\n")
