# tries: a child that sends calls when its parent has ended
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import os, time
try:
    if os.fork() == 0:
        time.sleep(0.3)
        for fd in range(3, 20):
            try:
                os.write(fd, b'{"t":"call","id":1,"skill":"pick","args":{"name":"thing0"},"line":1}\n')
            except OSError:
                pass
        os._exit(0)
except OSError as e:
    print("refused", e)
