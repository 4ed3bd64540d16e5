# tries: valid JSON, nested as deep as a line is long
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"print","text":' + b'{"a":' * 10000 + b'1' + b'}' * 10000 + b'}\n')
    except OSError:
        pass
while True:
    pass
