# outcome: program_error
import numpy as np
np.zeros(3).tofile("/tmp/x")
print("ESCAPED")
