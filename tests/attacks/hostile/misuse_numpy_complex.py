# tries: an array of complex numbers for a position
# full: raised
# raw: raised early_exit
# policy: accepted
# needs: world
import numpy as np
move_gripper(np.array([1j, 0, 0]))
