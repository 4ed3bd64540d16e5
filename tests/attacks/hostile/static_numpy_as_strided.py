# outcome: program_error
import numpy as np
print("ESCAPED", np.lib.stride_tricks.as_strided)
