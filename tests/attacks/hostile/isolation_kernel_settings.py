# tries: the kernel's settings, opened for writing
# full: refused
# raw: completed
# policy: refused
import os
for path in (
    "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/hostname",
    "/proc/sys/fs/binfmt_misc/register", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper", "/sys/power/state", "/proc/sys/net/ipv4/ip_forward",
    "/sys/fs/selinux/enforce", "/sys/module/kvm/parameters/halt_poll_ns", "/sys/kernel/mm/transparent_hugepage/enabled", "/proc/self/attr/current",
    "/sys/kernel/debug/x", "/sys/firmware/efi/efivars", "/proc/acpi/wakeup", "/proc/bus/pci/00/00.0", "/proc/self/loginuid",
):
    for flags in (os.O_WRONLY, os.O_RDWR):
        try:
            fd = os.open(path, flags)
        except OSError:
            continue
        # Its own label is its own; everything else is the machine's.
        print("ESCAPED" if "self" not in path else "own", path)
        os.close(fd)
print("done")
