# tries: its own limits, raised again
# full: refused
# raw: completed out_of_memory
# policy: refused
import resource
for what in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
    try:
        resource.setrlimit(what, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError) as e:
        print("refused", e)
held = []
try:
    while len(held) < 100:
        held.append(bytearray(b"x" * 10**7))
    print("ESCAPED")
except MemoryError:
    print("refused")
