# tries: a name that turns into something that is none
# full: completed
# raw: completed raised
# policy: accepted
# needs: world
class Liar(str):
    def __str__(self):
        return self
    def __getitem__(self, where):
        return self
    def encode(self, *rest):
        return self
    def decode(self, *rest):
        return {"not": "a text"}
pick(Liar("thing0"))
