# tries: code in an annotation, evaluated by get_type_hints
# full: refused
# raw: any
# policy: refused
from typing import get_type_hints
class C:
    x: "__import__('os')"
print("REACHED", get_type_hints(C))
