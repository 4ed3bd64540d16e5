# tries: a shell beside it, by every way that Python knows
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import os, subprocess
for attempt in (
    lambda: subprocess.run(["/bin/sh", "-c", "echo x"], capture_output=True, check=True),
    lambda: subprocess.check_output(["/bin/echo", "x"]),
    lambda: os.posix_spawn("/bin/echo", ["echo", "x"], {}),
    lambda: os.spawnv(os.P_WAIT, "/bin/echo", ["echo", "x"]) == 0 or 1 / 0,
    lambda: os.popen("echo x").read() or 1 / 0,
    lambda: os.system("echo x") == 0 or 1 / 0,
):
    try:
        print("ESCAPED", attempt())
    except (OSError, ArithmeticError, subprocess.SubprocessError) as e:
        print("refused", e)
