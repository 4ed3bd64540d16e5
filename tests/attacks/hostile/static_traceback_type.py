# tries: a traceback made by its type
# full: raised
# raw: any
# policy: accepted
class C:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, tb):
        T = type(tb)
        T(None, None, 0, 0)
        print("REACHED", T)
        return True
with C():
    1 / 0
