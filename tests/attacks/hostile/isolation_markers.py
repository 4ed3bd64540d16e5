# tries: marks for the next program to find: files, environment, modules, built-ins
# full: refused
# raw: completed crashed early_exit protocol_error raised time_out out_of_memory
# policy: refused
import builtins, json, math, os, sys, types
for directory in ("/tmp", "/dev/shm", "/var/tmp", "/run", os.path.dirname(os.__file__)):
    try:
        with open(f"{directory}/leaked", "w") as f:
            f.write("LEAKED")
    except OSError:
        pass
os.environ["LEAKED"] = "1"
os.putenv("LEAKED", "1")
builtins.LEAKED = True
sys.modules["leaked"] = types.ModuleType("leaked")
math.cos = lambda x: 42.0
math.dist = lambda a, b: 0.0
json.dumps = lambda *a, **k: "LEAKED"
builtins.len = lambda x: 7
