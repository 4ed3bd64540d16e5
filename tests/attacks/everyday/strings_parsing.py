import re
import string
from string import Template

text = "pick jar0 at (0.10, -0.25, 0.03); then place it on shelf2"
numbers = [float(n) for n in re.findall(r"-?\d+\.\d+", text)]
names = re.findall(r"\b([a-z]+)(\d+)\b", text)
pattern = re.compile(r"(?P<verb>pick|place)\s+(?P<what>\w+)", re.IGNORECASE)
commands = [(m.group("verb"), m["what"], m.start()) for m in pattern.finditer(text)]
assert numbers == [0.10, -0.25, 0.03] and names == [("jar", "0"), ("shelf", "2")]
assert commands[0] == ("pick", "jar0", 0) and commands[1][:2] == ("place", "it")
assert re.sub(r"\d+", lambda m: str(int(m.group()) + 1), "a1 b9") == "a2 b10"
m = re.match(r"^(\w+)_(\d{2})$", "lid_07")
assert m and m.groups() == ("lid", "07") and re.split(r"[;,]\s*", "a, b;c") == ["a", "b", "c"]
assert re.fullmatch(r"[A-Z]+", "abc", re.I) and not re.search("z", "abc")
verb, _, rest = text.partition(" ")
assert verb == "pick" and rest.split(";")[0].strip().endswith(")") and "a-b_c".replace("-", "_").split("_") == ["a", "b", "c"]
table = str.maketrans("", "", string.punctuation)
assert "it's, ok!".translate(table) == "its ok" and " x ".strip() == "x" and "abc"[::-1] == "cba"
assert Template("$who likes ${what}").substitute(who="arm", what="jars") == "arm likes jars"
assert "Hello World".swapcase().casefold().title() == "Hello World" and "ab\ncd".splitlines() == ["ab", "cd"]
assert sorted("banana", key=lambda c: (-"banana".count(c), c))[:3] == ["a", "a", "a"] and "7".zfill(3) == "007"
