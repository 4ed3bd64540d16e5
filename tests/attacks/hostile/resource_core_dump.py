# tries: a core dump, as large as may be, wherever the host puts it
# full: refused
# raw: crashed
# policy: refused
import ctypes, resource
try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (OSError, ValueError):
    pass
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
ctypes.memset(1, 1, 1)
