# promise: no_capabilities
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for name, call in {
    "setuid": lambda: libc.setuid(0),
    "mount": lambda: libc.mount(b"none", b"/", b"tmpfs", 0, None),
    "unshare": lambda: libc.unshare(0x10000000),
    "ptrace": lambda: libc.ptrace(0, 0, 0, 0),
    "chroot": lambda: libc.chroot(b"/opt"),
    "sethostname": lambda: libc.sethostname(b"x", 1),
    "io_uring": lambda: libc.syscall(425, 8, None),
    "memfd": lambda: libc.syscall(319, b"x", 0),
    "bpf": lambda: libc.syscall(321, 0, None, 0),
    "userfaultfd": lambda: libc.syscall(323, 0),
    "keyctl": lambda: libc.syscall(250, 0, 0, 0, 0, 0),
    "clone3": lambda: libc.syscall(435, None, 0),
    "process_vm_readv": lambda: libc.syscall(310, 1, None, 0, None, 0, 0),
    "prctl": lambda: libc.prctl(4, 1, 0, 0, 0),
}.items():
    if call() >= 0:
        print("ESCAPED", name)
if os.getuid() == 0:
    print("ESCAPED root")
