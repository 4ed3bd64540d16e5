import math
import random
import statistics

random.seed(42)


def estimate_pi(n):
    inside = sum(random.random() ** 2 + random.random() ** 2 <= 1 for _ in range(n))
    return 4 * inside / n


def random_walk(steps, rng=random):
    position = [0, 0]
    for _ in range(steps):
        axis = rng.randrange(2)
        position[axis] += rng.choice((-1, 1))
    return tuple(position)


def anneal(cost, start, temperature=1.0, cooling=0.95, steps=200):
    current, best = start, start
    for _ in range(steps):
        candidate = current + random.gauss(0, 0.5)
        delta = cost(candidate) - cost(current)
        if delta < 0 or random.random() < math.exp(-delta / temperature):
            current = candidate
        best = min(best, current, key=cost)
        temperature *= cooling
    return best


assert abs(estimate_pi(4000) - math.pi) < 0.2
assert random_walk(10, random.Random(3)) == random_walk(10, random.Random(3))
assert abs(anneal(lambda x: (x - 2) ** 2, 10.0) - 2) < 1.5
sample = random.sample(range(100), 10)
assert len(set(sample)) == 10 and random.choices("ab", weights=[1, 0], k=3) == ["a", "a", "a"]
deck = list(range(52))
random.shuffle(deck)
assert sorted(deck) == list(range(52)) and statistics.pstdev([1, 1]) == 0 and statistics.median([3, 1, 2]) == 2
assert statistics.quantiles([1, 2, 3, 4], n=2) == [2.5] and round(statistics.stdev([1, 2, 3]), 3) == 1.0
