# tries: programs that would make it root
# full: refused
# raw: completed
# policy: refused
# promise: no_new_privileges
import os
found = []
for directory in ("/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/lib", "/usr/libexec"):
    try:
        names = os.listdir(directory)
    except OSError:
        continue
    for name in names:
        path = os.path.join(directory, name)
        try:
            if os.stat(path).st_mode & 0o6000:
                found.append(path)
        except OSError:
            continue
for path in found[:5]:
    try:
        os.execv(path, [path])
    except OSError as e:
        print("refused", e)
for directory in ("/tmp", "/dev/shm"):
    try:
        os.chmod(os.open(f"{directory}/s", os.O_CREAT | os.O_WRONLY), 0o6777)
        print("made, on a file system that ignores it")
    except OSError as e:
        print("refused", e)
print("done", found[:5])
