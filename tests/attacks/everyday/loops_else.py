found = None
for i in range(5):
    if i == 3:
        found = i
        break
else:
    found = -1
n = 0
while n < 3:
    n += 1
    if n == 2:
        continue
else:
    n = 10
assert found == 3 and n == 10
assert [a if a > 1 else -a for a in (1, 2)] == [-1, 2] and not (1 < 2 > 3) and (3 if [] else 4) == 4
