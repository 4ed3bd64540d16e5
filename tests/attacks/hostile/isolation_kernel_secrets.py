# tries: the kernel's log, symbols, keys and memory
# full: refused
# raw: completed
# policy: refused
import ctypes, os
for path in ("/dev/kmsg", "/proc/kmsg", "/dev/mem", "/dev/kmem", "/dev/port", "/proc/kcore", "/proc/vmcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/iomem"):
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        data = os.read(fd, 500)
    except OSError:
        continue
    if path in ("/proc/keys", "/proc/timer_list", "/proc/iomem", "/proc/sched_debug", "/proc/kcore") and not data.strip(b"\0 0-:\n"):
        continue
    # Addresses that are shown as zeros tell nothing; a list of its own keys neither.
    if path == "/proc/iomem" and b"00000000-00000000" in data:
        continue
    if path == "/proc/keys":
        continue
    print("ESCAPED", path, data[:100])
try:
    with open("/proc/kallsyms") as f:
        if any(line.split()[0].strip("0") for line in f.readlines(20000)):
            print("ESCAPED kallsyms")
except OSError as e:
    print("refused", e)
buffer = ctypes.create_string_buffer(1000)
if ctypes.CDLL(None).klogctl(3, buffer, 1000) > 0:
    print("ESCAPED klogctl", buffer.raw[:100])
print("done")
