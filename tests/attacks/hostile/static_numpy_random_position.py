# tries: memory behind a random generator, by a state that says to read on there
# full: raised
# raw: any
# policy: accepted
import numpy as np
rng = np.random.RandomState(0)
rng.set_state(("MT19937", np.zeros(624, dtype=np.uint32), 5000))
print("REACHED", rng.randint(0, 2**32, size=5, dtype=np.uint64))
