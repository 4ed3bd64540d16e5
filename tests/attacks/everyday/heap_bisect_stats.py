import heapq, bisect, statistics, string, operator
heap = [3, 1, 2]
heapq.heapify(heap)
assert heapq.heappop(heap) == 1 and bisect.bisect([1, 3], 2) == 1 and statistics.mean([1, 2, 3]) == 2
assert string.digits[0] == "0" and sorted([(2, "a"), (1, "b")], key=operator.itemgetter(0))[0][1] == "b"
