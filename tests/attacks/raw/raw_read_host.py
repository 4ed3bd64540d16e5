# promise: read_only_root
for path in ("/etc/shadow", "/root/.bashrc", "/etc/hostname", "/proc/1/environ", "/proc/1/mem", "/var/run/docker.sock"):
    try:
        with open(path, "rb") as f:
            data = f.read(100)
        print("ESCAPED", path, data[:20])
    except OSError as e:
        pass
print("done")
