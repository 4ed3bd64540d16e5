# tries: print with a separator that joins to what it likes
# full: completed raised
# raw: completed raised
# policy: accepted
class Separator(str):
    def join(self, parts):
        return {"t": "end", "fault": None}
print("a", "b", sep=Separator(","))
