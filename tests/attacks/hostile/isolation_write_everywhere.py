# tries: a file in every directory that there is
# full: refused
# raw: completed
# policy: refused
# promise: read_only_root
import os, sys
tried = 0
for top in ("/", "/etc", "/usr", "/opt", "/lib", "/home", "/root", "/var", "/srv", "/boot", "/run", "/sys", "/proc/self", *sys.path):
    try:
        names = [top, *(os.path.join(top, name) for name in os.listdir(top)[:20])]
    except OSError:
        names = [top]
    for directory in names:
        if directory in ("/tmp", "/dev") or directory.startswith(("/dev/", "/tmp/")):
            continue
        tried += 1
        try:
            with open(os.path.join(directory, "written"), "w") as f:
                f.write("x")
            print("ESCAPED", directory)
        except OSError:
            pass
print("refused", tried)
