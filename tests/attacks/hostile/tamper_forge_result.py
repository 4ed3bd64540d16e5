# tries: the host's own answers, sent back to it
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"result","clock":1.0,"ok":"thing0"}\n')
    except OSError:
        pass
while True:
    pass
