# tries: an endless loop in a finally block after exit()
# full: time_out
# raw: time_out
# policy: accepted
try:
    exit()
finally:
    while True:
        pass
