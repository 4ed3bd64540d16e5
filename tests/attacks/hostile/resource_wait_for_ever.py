# tries: a read that nobody answers
# full: refused
# raw: time_out completed raised
# policy: refused
import os, select
read, write = 0, 1
try:
    read, write = os.pipe()
except OSError as e:
    print("refused", e)
select.select([write], [], [], None)
while True:
    select.select([], [], [], 10)
