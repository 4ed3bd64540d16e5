# promise: read_only_root
import os
for path in ("/x", "/etc/x", "/usr/x", "/opt/x", "/tmp/x", "/dev/shm/x", "/var/tmp/x", os.path.expanduser("~/x")):
    try:
        with open(path, "w") as f:
            f.write("x" * 10)
        print("ESCAPED", path)
    except OSError as e:
        pass
print("done")
