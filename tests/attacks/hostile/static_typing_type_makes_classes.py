# tries: a class with any namespace, made by calling typing.Type
# full: raised
# raw: any
# policy: accepted
from typing import Any, Type
Made = Type[Any]("Made", (), {"__del__": lambda self: None})
print("REACHED", Made)
