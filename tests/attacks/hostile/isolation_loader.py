# tries: the dynamic loader, which executes what may not be executed
# full: refused
# raw: completed early_exit
# policy: refused
# promise: seccomp
import os
for path in ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"):
    try:
        os.execv(path, [path, "/bin/echo", "ESCAPED"])
    except OSError as e:
        print("refused", e)
