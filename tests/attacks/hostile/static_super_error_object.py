# tries: the object of a failing look-up, by super()
# full: completed
# raw: any
# policy: accepted
class Error(AttributeError):
    def leak(self):
        return super().obj
class Careful:
    def __getattr__(self, name):
        raise Error("x")
for way in (lambda e: super(Error, e).obj, lambda e: e.leak(), lambda e: getattr(super(Error, e), "obj"), lambda e: Error.obj):
    try:
        Careful().foo
    except Error as error:
        try:
            print("REACHED", way(error))
        except AttributeError as refusal:
            print("refused", refusal)
