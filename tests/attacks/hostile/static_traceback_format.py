# tries: a traceback's frame in the braces of a format string
# full: raised
# raw: any
# policy: accepted
class C:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, tb):
        print("REACHED", "{0.tb_frame.f_back}".format(tb))
with C():
    1 / 0
