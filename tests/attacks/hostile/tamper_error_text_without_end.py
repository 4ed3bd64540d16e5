# tries: an exception whose text is never finished
# full: time_out
# raw: time_out
# policy: accepted
class E(Exception):
    def __str__(self):
        while True:
            pass
raise E
