# tries: an exception whose text is no plain text: slices and encodes to what it likes
# full: raised
# raw: raised
# policy: accepted
class Text(str):
    def __getitem__(self, where):
        return self
    def encode(self, *rest):
        return self
    def decode(self, *rest):
        return ["not", "a", "text"]
class E(Exception):
    def __str__(self):
        return Text("x")
raise E
