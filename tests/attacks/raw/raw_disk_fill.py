# promise: read_only_root
for path in ("/tmp/fill", "/dev/shm/fill"):
    try:
        with open(path, "wb") as f:
            while True:
                f.write(b"0" * 10**6)
                print("ESCAPED", path)
    except OSError as e:
        print("refused", e)
