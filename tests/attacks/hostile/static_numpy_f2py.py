# outcome: program_error
import numpy as np
print("ESCAPED", np.f2py.os)
