# tries: memory maps past Python's allocator
# full: refused
# raw: completed out_of_memory
# policy: refused
import mmap
held = []
try:
    while len(held) < 200:
        held.append(mmap.mmap(-1, 2**26))
        held[-1][::4096] = b"x" * (2**26 // 4096)
except (OSError, MemoryError, ValueError) as e:
    print("stopped", len(held), e)
if len(held) > 16:
    print("ESCAPED", len(held))
