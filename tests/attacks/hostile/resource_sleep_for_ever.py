# tries: sleep for thirty years
# full: simulated_time_out
# raw: time_out
# policy: accepted
import time
time.sleep(10**9)
