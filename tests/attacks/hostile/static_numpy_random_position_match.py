# tries: a random generator's state, set by a method that a pattern reads
# full: raised
# raw: any
# policy: accepted
import numpy as np
match np.random.RandomState(0):
    case object(set_state=put):
        put(("MT19937", np.zeros(624, dtype=np.uint32), 5000))
        print("REACHED", put)
