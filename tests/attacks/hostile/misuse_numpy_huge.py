# tries: an array of a million numbers for a position
# full: raised
# raw: raised early_exit
# policy: accepted
# needs: world
import numpy as np
move_gripper(np.zeros(10**6))
