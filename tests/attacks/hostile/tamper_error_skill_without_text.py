# tries: a skill's error whose skill has no text
# full: raised
# raw: raised
# policy: accepted
class Evil:
    def __str__(self):
        return 1 / 0
    __repr__ = __str__
class E(Unreachable):
    skill = Evil()
    code = Evil()
raise E("no")
