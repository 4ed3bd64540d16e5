import copy
import time
start = time.time()
time.sleep(0.5)
assert abs(time.time() - start - 0.5) < 1e-9
a = {"x": [1]}
b = copy.deepcopy(a)
b["x"].append(2)
assert a == {"x": [1]} and copy.copy(a) == a
