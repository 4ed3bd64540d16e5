# outcome: program_error
import numpy as np
print("ESCAPED", getattr(np.random.default_rng(0), "bit_" + "generator"))
