# tries: an array of texts for a position
# full: raised
# raw: raised early_exit
# policy: accepted
# needs: world
import numpy as np
move_gripper(np.array(["a", "b", "c"]))
