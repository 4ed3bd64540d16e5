# tries: a message that is two, by a field that comes twice
# full: refused
# raw: completed protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"ready","t":"end","fault":{"kind":"x"},"fault":null}\n')
    except OSError:
        pass
while True:
    pass
