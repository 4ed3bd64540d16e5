words = "pick up the red jar".split()
assert " ".join(w.capitalize() for w in words) == "Pick Up The Red Jar" and words[-1].upper() == "JAR"
assert "jar0".startswith("jar") and "jar0"[3:].isdigit() and "a,b".partition(",")[2] == "b"
assert b"ab"[0] == 97 and "é".encode().decode() == "é" and ord("a") == 97 and chr(98) == "b"
assert r"\n" + "\t".strip() == r"\n" and "x" * 3 == "xxx" and "{:>4}".format("a") == "   a"
