# tries: half a message, and then the end
# full: refused
# raw: early_exit
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"end","fault":null,"value":null,"note":""}')
    except OSError:
        pass
os._exit(0)
