# tries: a function of the guards, replaced in the module that they lie in
# full: raised
# raw: any
# policy: accepted
from enum import IntEnum
class E(IntEnum):
    A = 1
E._convert_("is_program_function", "blazer.sandbox.guest.runtime", lambda name: False)
print("REACHED")
