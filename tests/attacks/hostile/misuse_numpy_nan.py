# tries: an array with NaN for a position
# full: raised
# raw: raised early_exit
# policy: accepted
# needs: world
import numpy as np
move_gripper(np.array([0.1, np.nan, 0.9]))
