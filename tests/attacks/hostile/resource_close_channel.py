# tries: closes every descriptor and runs on
# full: refused
# raw: early_exit crashed time_out protocol_error
# policy: refused
import os
for fd in range(0, 60):
    try:
        os.close(fd)
    except OSError:
        pass
while True:
    pass
