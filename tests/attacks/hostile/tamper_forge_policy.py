# tries: the policy's word that there is nothing wrong
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"policy","findings":[]}\n')
    except OSError:
        pass
while True:
    pass
