# tries: matrix products without end, in a library's own loop
# full: time_out
# raw: time_out early_exit
# policy: accepted
import numpy as np
a = np.zeros((200, 200))
while True:
    a = a @ a
