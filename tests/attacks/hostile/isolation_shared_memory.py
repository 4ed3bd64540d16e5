# tries: shared memory, semaphores and queues of others
# full: refused
# raw: completed
# policy: refused
import ctypes, os
for path in ("@SHARED_FILE@", "/proc/sysvipc/shm", "/dev/mqueue"):
    try:
        if os.path.isdir(path):
            print(os.listdir(path))
        else:
            with open(path, "rb") as f:
                print(f.read(500))
    except OSError as e:
        print("refused", e)
libc = ctypes.CDLL(None, use_errno=True)
for number in range(0, 200):
    address = libc.shmat(number, None, 0o10000)
    if address not in (-1, 0xFFFFFFFFFFFFFFFF):
        print("ESCAPED", number)
try:
    from multiprocessing import shared_memory
    print(bytes(shared_memory.SharedMemory("@SHARED_FILE@".rpartition("/")[2]).buf[:100]))
except (ImportError, OSError, ValueError) as e:
    print("refused", e)
