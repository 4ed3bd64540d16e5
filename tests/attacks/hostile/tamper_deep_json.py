# tries: brackets without end, to exhaust the parser
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":' + b'[' * 30000 + b'\n')
    except OSError:
        pass
while True:
    pass
