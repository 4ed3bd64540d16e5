# tries: an array of anything for a position
# full: raised
# raw: raised early_exit
# policy: accepted
# needs: world
import numpy as np
move_gripper(np.array([None, len, "x"], dtype=object))
