# tries: the messages of a start, with another process to kill and other promises
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"inner","pid":1}\n{"t":"ready","attest":{"steps":{},"seen":{}}}\n')
    except OSError:
        pass
while True:
    pass
