# tries: a dict whose keys all have one hash
# full: time_out
# raw: time_out
# policy: accepted
class Key:
    def __hash__(self):
        return 1
    def __eq__(self, other):
        return False
table = {}
while True:
    table[Key()] = 1
