# tries: raw bytes without end on stdout and stderr, no text among them
# full: refused
# raw: time_out output_flood
# policy: refused
import os
while True:
    os.write(1, b'y' * 60000)
    os.write(2, b'\xff\xfe' * 3000)
