# tries: a lock taken twice
# full: refused
# raw: time_out
# policy: refused
import threading
lock = threading.Lock()
lock.acquire()
lock.acquire()
