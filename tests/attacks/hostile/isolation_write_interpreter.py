# tries: the interpreter's own files, which the next guest would run
# full: refused
# raw: completed
# policy: refused
# promise: read_only_root
import importlib.util, json, os, sys
files = [sys.executable, os.__file__, json.__file__, importlib.util.find_spec("numpy").origin, "/proc/self/exe", *sys.path]
files += [module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]
for path in files:
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC):
        try:
            os.open(path, flags)
            print("ESCAPED", path)
        except OSError:
            pass
    for change in (os.unlink, lambda path: os.utime(path), lambda path: os.chmod(path, 0o777), lambda path: os.chown(path, 65534, 65534)):
        try:
            change(path)
            print("ESCAPED", path)
        except OSError:
            pass
print("refused", len(files))
