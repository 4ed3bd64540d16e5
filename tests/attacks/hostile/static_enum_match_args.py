# outcome: program_error
from enum import Enum
E = Enum("E", {"__match_args__": ("__reduce_ex__",), "A": 1})
match E.A:
    case E(reduce):
        print("ESCAPED", reduce(2))
