# tries: an endless loop
# full: time_out
# raw: time_out
# policy: accepted
while True:
    pass
