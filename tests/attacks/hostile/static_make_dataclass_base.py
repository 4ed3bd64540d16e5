# tries: code in the name of a field, by make_dataclass
# full: refused
# raw: any
# policy: refused
import dataclasses
dataclasses.make_dataclass("C", [("x", int)], namespace={"__del__": print})
print("REACHED")
