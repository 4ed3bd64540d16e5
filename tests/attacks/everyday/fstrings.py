name, value = "jar0", 3.14159
text = f"{name!r:>10} {value:.2f} {value=:.1f} {'nested ' + f'{1 + 1}'} {{}}"
assert text == "    'jar0' 3.14 value=3.1 nested 2 {}"
