# tries: the goal reached after the end was told
# full: refused
# raw: completed
# policy: refused
# needs: world
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"end","fault":null,"value":null,"note":""}\n')
    except OSError:
        pass
try:
    pick("thing0")
    place_on("thing0")
finally:
    while True:
        pass
