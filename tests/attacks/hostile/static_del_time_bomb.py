# outcome: policy_rejected
class Bomb:
    def __del__(self):
        print("ESCAPED")
Bomb()
