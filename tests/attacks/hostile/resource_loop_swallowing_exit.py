# tries: exit() caught, again and again
# full: time_out
# raw: time_out
# policy: accepted
while True:
    try:
        exit()
    except BaseException:
        pass
