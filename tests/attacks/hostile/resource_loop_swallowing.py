# tries: an endless loop that catches everything
# full: time_out
# raw: time_out
# policy: accepted
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
