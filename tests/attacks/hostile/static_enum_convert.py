# tries: the built-in eval and open, by the method with which enumerations rewrite a module's constants
# full: raised
# raw: any
# policy: accepted
from enum import Enum
class E(Enum):
    pass
E._member_map_["x"] = 1
N = E._convert_("N", "builtins", lambda name: name in ("open", "eval", "exec"))
print("REACHED", N.eval.value("1 + 1"))
