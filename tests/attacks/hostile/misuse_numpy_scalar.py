# tries: one number for a position
# full: raised
# raw: raised early_exit
# policy: accepted
# needs: world
import numpy as np
move_gripper(np.float64(0.3))
