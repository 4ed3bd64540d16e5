# outcome: program_error
class C:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, tb):
        print("ESCAPED", getattr(tb, "tb_" + "lasti"))
with C():
    1 / 0
