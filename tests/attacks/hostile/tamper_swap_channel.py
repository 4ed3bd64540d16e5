# tries: the channel's two ends, swapped and duplicated over one another
# full: refused
# raw: time_out completed protocol_error early_exit
# policy: refused
import os
for fd in range(3, 12):
    for other in range(3, 12):
        try:
            os.dup2(fd, other)
        except OSError:
            pass
print("success")
