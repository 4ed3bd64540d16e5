# tries: the environment: its own, as it was at the start, and everybody's
# full: refused
# raw: completed
# policy: refused
# promise: empty_environment
import ctypes, os
if os.environ:
    print("ESCAPED", dict(os.environ))
print(os.environ.get("ATTACK_CANARY"), ctypes.CDLL(None).getenv(b"ATTACK_CANARY"))
for pid in ("self", "1", str(os.getppid()), "@VICTIM_PID@"):
    try:
        with open(f"/proc/{pid}/environ", "rb") as f:
            print(pid, f.read(5000))
    except OSError as e:
        print("refused", e)
