# tries: every file descriptor there is
# full: refused
# raw: completed
# policy: refused
import os
held = []
try:
    while len(held) < 5000:
        held.append(os.dup(1))
except OSError as e:
    print("refused", e)
if len(held) > 256:
    print("ESCAPED", len(held))
