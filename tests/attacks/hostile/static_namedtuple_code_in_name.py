# tries: code in the name of a namedtuple's field
# full: raised
# raw: any
# policy: accepted
from collections import namedtuple
class S(str):
    def __str__(self):
        return "x), print('REA' + 'CHED'), (lambda y"
    def isidentifier(self):
        return True
namedtuple("P", [S("x")])
