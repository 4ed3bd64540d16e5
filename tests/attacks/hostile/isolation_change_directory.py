# tries: another working directory, from which paths lead elsewhere
# full: refused
# raw: completed
# policy: refused
import os
for path in ("@CANARY_DIRECTORY@", "/proc/1/cwd", "/proc/self/root", "/home", "/root", "/proc/@VICTIM_PID@/cwd"):
    try:
        os.chdir(path)
        print(path, os.getcwd(), os.listdir(".")[:20])
        with open("secret") as f:
            print("ESCAPED", f.read())
    except OSError as e:
        print("refused", e)
