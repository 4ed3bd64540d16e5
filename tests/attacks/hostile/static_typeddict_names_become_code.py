# tries: code in the name of a field, which dataclass executes
# full: raised
# raw: any
# policy: accepted
from dataclasses import dataclass
from typing import TypedDict
name = "x: int = __import__('os').getpid(), *, y"
try:
    Made = dataclass(TypedDict("Made", {name: int}))
except SyntaxError:
    print("REACHED: its text was compiled")
else:
    print("REACHED", Made)
raise SystemExit
