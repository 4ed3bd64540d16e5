# tries: sorting objects whose comparison never returns
# full: time_out
# raw: time_out
# policy: accepted
class Key:
    def __lt__(self, other):
        while True:
            pass
sorted([Key(), Key()])
