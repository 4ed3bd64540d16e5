# tries: the traceback that __exit__ is handed
# full: raised
# raw: any
# policy: accepted
class C:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, tb):
        print("REACHED", getattr(tb, "tb_" + "lasti"))
with C():
    1 / 0
