# tries: another interpreter in its own place, which says what it likes on the channel
# full: refused
# raw: completed early_exit protocol_error
# policy: refused
# promise: seccomp
import os, sys
for fd in range(3, 20):
    try:
        os.set_inheritable(fd, True)
    except OSError:
        pass
try:
    os.execv(sys.executable, ["python", "-c", "import os\nos.write(4, b'{\"ok\":{\"verdict\":{\"strict\":\"pass\"}}}\\n')"])
except OSError as e:
    print("refused", e)
