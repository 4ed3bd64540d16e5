# tries: a name in __match_args__ that compares as another
# full: raised
# raw: any
# policy: accepted
class T(str):
    def __eq__(self, other):
        return False
    def startswith(self, *a):
        return False
    __hash__ = str.__hash__
class E(Exception):
    __match_args__ = (T("__traceback__"),)
match E():
    case E(got):
        print("REACHED", got)
