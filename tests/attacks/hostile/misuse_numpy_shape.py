# tries: a matrix for a position
# full: raised
# raw: raised early_exit
# policy: accepted
# needs: world
import numpy as np
move_gripper(np.zeros((3, 3)))
