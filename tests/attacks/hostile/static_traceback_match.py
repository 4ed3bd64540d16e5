# tries: a traceback's frame, read by a pattern
# full: refused
# raw: any
# policy: refused
class C:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, tb):
        match tb:
            case object(tb_frame=f):
                print("REACHED", f)
with C():
    1 / 0
