"""The programs that every sandbox is given, peers' and Blazer's alike. Plain text; the standard library only.

They are small hostile or careless programs of the kind models write. None can hurt a host that has no
limit at all: the largest takes 2 GiB and 512 threads for some seconds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

HELLO = "print('hello')"
LOOP = "while True:\n    pass\n"
LEAVE = "import os\nprint('before')\nos._exit(0)\nprint('after')\n"
BAD_BYTES = "import os\nos.write(1, b'begin \\xff\\xfe\\x80 \\x00 end\\n')\n"

FLOOD_MB = 200
FLOOD = f"""
line = "x" * 9999
for _ in range({FLOOD_MB * 100}):
    print(line)
print("flood over")
"""

BOMB_MB = 2048
BOMB = f"""
blocks = []
for number in range({BOMB_MB // 64}):
    blocks.append(b"x" * (64 << 20))
print("allocated", len(blocks) * 64)
"""

LEAK_IN = """
import os, statistics
os.environ["BLAZER_PROBE"] = "leaked"
statistics.mean = lambda values: "leaked"
try:
    with open("/tmp/blazer-probe", "w") as file:
        file.write("leaked")
except OSError:
    pass
print("planted")
"""

LEAK_OUT = """
import os, statistics
found = []
if os.path.exists("/tmp/blazer-probe"):
    found.append("a file in /tmp")
if os.environ.get("BLAZER_PROBE"):
    found.append("an environment variable")
if statistics.mean([1, 1]) != 1:
    found.append("a patched module")
print("FOUND " + ", ".join(found))
"""
# The same for sandboxes that allow no imports.
NAME_IN = "planted_name = 'leaked'\nprint('planted')\n"
NAME_OUT = "if planted_name == 'leaked':\n    print('FOUND a global name')\n"

THREADS = 512
_PROMISES = """
import ctypes, json, os, socket, threading

seen = {}
x86 = os.uname().machine == "x86_64"  # system calls are asked for by its numbers
seen["reached"] = []
for address in @ADDRESSES@:
    try:
        socket.create_connection(tuple(address), timeout=2).close()
        seen["reached"].append("%s:%s" % tuple(address))
    except OSError as error:
        seen["network"] = str(error)

seen["wrote"] = []
for path in ("/blazer-probe", "/usr/blazer-probe", "/etc/blazer-probe"):
    try:
        with open(path, "w") as file:
            file.write("x")
        os.unlink(path)
        seen["wrote"].append(path)
    except OSError as error:
        seen["write"] = str(error)

started = 0
stop = threading.Event()
try:
    for _ in range(@THREADS@):
        threading.Thread(target=stop.wait, daemon=True).start()
        started += 1
except (RuntimeError, MemoryError, OSError) as error:
    seen["thread"] = str(error)
stop.set()
seen["threads"] = started

seen["syscalls"] = [] if x86 else None
try:
    socket.socket(40, socket.SOCK_STREAM).close()
    if x86:
        seen["syscalls"].append("AF_VSOCK")
except OSError as error:
    seen["vsock"] = str(error)
try:
    libc = ctypes.CDLL(None, use_errno=True)
    for name, arguments in (
        ("io_uring_setup", (425, 1, 0)),
        ("memfd_secret", (447, 0)),
        ("ptrace", (101, 16, 0, 0, 0)),
        ("unshare", (272, 0x10000000)),
    ) if x86 else ():
        ctypes.set_errno(0)
        got = libc.syscall(*(ctypes.c_long(value) for value in arguments))
        # EFAULT, ESRCH, EINVAL: the kernel looked at the arguments, so no filter was in the way.
        if got >= 0 or ctypes.get_errno() in (14, 3, 22):
            seen["syscalls"].append(name)
except (OSError, ImportError) as error:
    seen["libc"] = str(error)
print("PROBE " + json.dumps(seen))
"""


def promises(addresses: Sequence[tuple[str, int]]) -> str:
    """The program that tries what a sandbox should not allow, and prints what it saw."""
    listed = json.dumps([list(address) for address in addresses])
    return _PROMISES.replace("@ADDRESSES@", listed).replace("@THREADS@", str(THREADS))
