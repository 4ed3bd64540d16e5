import os
for fd in range(0, 60):
    try:
        os.close(fd)
    except OSError:
        pass
while True:
    pass
