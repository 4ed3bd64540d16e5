# tries: a way past the policy: del time bomb
# full: refused
# raw: any
# policy: refused
class Bomb:
    def __del__(self):
        print("REACHED")
Bomb()
