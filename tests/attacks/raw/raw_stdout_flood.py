# outcome: timeout
import os
while True:
    os.write(1, b'y' * 60000)
    os.write(2, b'\xff\xfe' * 3000)
