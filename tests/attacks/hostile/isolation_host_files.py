# tries: the host's files, by every way to a root directory
# full: refused
# raw: completed
# policy: refused
import os
found = []
for prefix in ("", "/proc/self/root", "/proc/1/root", "/proc/self/cwd", "/..", "/../../..", "/.old", "/host", "/mnt", "/rootfs"):
    for path in ("@SECRET_FILE@", "/etc/shadow", "/root/.bashrc", "/root/.ssh/id_rsa", "/var/lib/docker"):
        try:
            if os.path.isdir(prefix + path):
                print("ESCAPED", prefix + path, os.listdir(prefix + path)[:5])
                continue
            with open(prefix + path, "rb") as f:
                print("ESCAPED", prefix + path, f.read(200))
        except OSError as e:
            found.append(e.errno)
print("refused", sorted(set(found)))
