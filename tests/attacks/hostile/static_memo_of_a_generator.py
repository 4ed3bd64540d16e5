# tries: numpy's generator and its state, from the memo of deepcopy
# full: completed
# raw: any
# policy: accepted
import copy, random
import numpy as np
for what in (np.random.rand, random.randint, [np.random.rand], np.random.default_rng(1), random.Random(1)):
    memo = {}
    try:
        copy.deepcopy(what, memo)
    except TypeError:
        pass
    for v in memo.values():
        if "MT19937" in repr(v)[:99] or type(v).__name__ in ("RandomState", "Random"):
            print("REACHED", v)
    try:
        copy.deepcopy(what).set_state(1)
        print("REACHED", what)
    except (AttributeError, TypeError):
        pass
