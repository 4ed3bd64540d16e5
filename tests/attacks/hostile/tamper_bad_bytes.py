# tries: a message in no encoding
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"print","text":"\xff\xfe\x80"}\n')
    except OSError:
        pass
while True:
    pass
