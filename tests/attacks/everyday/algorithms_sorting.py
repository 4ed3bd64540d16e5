import bisect
import random
from functools import cmp_to_key
from operator import itemgetter


def quicksort(items):
    if len(items) <= 1:
        return items
    pivot, *rest = items
    return quicksort([x for x in rest if x < pivot]) + [pivot] + quicksort([x for x in rest if x >= pivot])


def mergesort(a):
    if len(a) < 2:
        return a[:]
    mid = len(a) // 2
    left, right, out = mergesort(a[:mid]), mergesort(a[mid:]), []
    while left and right:
        out.append(left.pop(0) if left[0] <= right[0] else right.pop(0))
    return out + left + right


def bubble(a):
    a = list(a)
    for i in range(len(a)):
        swapped = False
        for j in range(len(a) - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
                swapped = True
        if not swapped:
            break
    return a


random.seed(3)
data = [random.randint(-50, 50) for _ in range(60)]
assert quicksort(data) == mergesort(data) == bubble(data) == sorted(data)
records = [{"n": "b", "v": 2}, {"n": "a", "v": 2}, {"n": "c", "v": 1}]
assert [r["n"] for r in sorted(records, key=lambda r: (-r["v"], r["n"]))] == ["a", "b", "c"]
assert sorted(records, key=itemgetter("v", "n"))[0]["n"] == "c"
assert sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)) == [3, 2, 1]
levels = [10, 20, 30]
bisect.insort(levels, 25)
assert levels == [10, 20, 25, 30] and bisect.bisect_left(levels, 20) == 1
