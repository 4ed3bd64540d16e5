# tries: a class of the library marked by runtime_checkable
# full: raised
# raw: any
# policy: accepted
from typing import Protocol, runtime_checkable
runtime_checkable(Protocol)
print("REACHED")
