# tries: a skill's error whose skill is a property that raises
# full: raised
# raw: raised
# policy: accepted
class E(Unreachable):
    code = "Unreachable"
    @property
    def skill(self):
        return 1 / 0
raise E("no")
