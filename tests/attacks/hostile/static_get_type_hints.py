# outcome: policy_rejected
from typing import get_type_hints
class C:
    x: "__import__('os')"
print("ESCAPED", get_type_hints(C))
