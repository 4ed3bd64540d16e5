# tries: code that runs when an object is collected
# full: refused
# raw: any
# policy: refused
class Bomb:
    def __del__(self):
        print("REACHED")
Bomb()
