# tries: a destructor that never ends
# full: refused
# raw: time_out completed
# policy: refused
class Bomb:
    def __del__(self):
        while True:
            pass
bomb = Bomb()
