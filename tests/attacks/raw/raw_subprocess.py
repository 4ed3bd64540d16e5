# promise: seccomp
import subprocess
try:
    print("ESCAPED", subprocess.run(["/bin/echo", "x"], capture_output=True))
except OSError as e:
    print("refused", e)
