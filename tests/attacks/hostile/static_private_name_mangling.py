# tries: another class's private names, reached by mangling that guards do not see
# full: raised
# raw: any
# policy: accepted
import math
class ModuleProxy:
    def f(self):
        math.__values = {}
        return math.__values
print("REACHED", ModuleProxy().f())
