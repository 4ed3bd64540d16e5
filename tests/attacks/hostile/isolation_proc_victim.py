# tries: the memory and the environment of a neighbour of its own user
# full: refused
# raw: completed
# policy: refused
# promise: own_processes_only
for what in ("environ", "mem", "maps", "cmdline", "root/etc/hostname", "ns/pid"):
    try:
        with open("/proc/@VICTIM_PID@/" + what, "rb") as f:
            print("ESCAPED", what, f.read(2000) if what != "mem" else "")
    except OSError as e:
        print("refused", e)
