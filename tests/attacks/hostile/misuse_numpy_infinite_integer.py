# tries: an array of the largest integers for a position
# full: raised
# raw: raised early_exit
# policy: accepted
# needs: world
import numpy as np
move_gripper(np.full(3, 2**63 - 1))
