import random
random.seed(1)
items = list(range(10))
random.shuffle(items)
assert sorted(items) == list(range(10)) and random.choice([1]) == 1 and 0 <= random.random() < 1
assert random.Random(5).randint(1, 3) in (1, 2, 3) and random.uniform(0, 1) <= 1
