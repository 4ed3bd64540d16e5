# tries: processes by clone, vfork and clone3, past Python's own fork
# full: refused
# raw: completed
# policy: refused
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
born = 0
for number, arguments in ((57, ()), (56, (17, 0, 0, 0, 0)), (435, (0, 0)), (220, (17, 0, 0, 0, 0))):
    for _ in range(70):
        pid = libc.syscall(number, *arguments)
        if pid == 0 and number != 220:
            os._exit(0)
        if pid < 0:
            break
        born += 1
if born > 64:
    print("ESCAPED", born)
