# outcome: program_error
import numpy as np
np.ndarray.tofile(np.zeros(3), "/tmp/x")
print("ESCAPED")
