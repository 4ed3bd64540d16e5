# tries: print of texts that are longer than they say and slice to what they like
# full: completed
# raw: completed raised
# policy: accepted
class Text(str):
    def __len__(self):
        return 1
    def __getitem__(self, where):
        return ["not a text"]
    def __add__(self, other):
        return self
    def __radd__(self, other):
        return self
print(Text("a"), Text("b"), end=Text("c"))
