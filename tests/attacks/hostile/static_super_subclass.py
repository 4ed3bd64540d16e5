# tries: any method of any object, by a class derived from super
# full: completed
# raw: any
# policy: accepted
import json
from contextlib import ExitStack
def derive(base):
    class Derived(base):
        pass
    return Derived
for base in (super, property, staticmethod, classmethod, map, zip, filter, enumerate, reversed):
    try:
        derive(base)
        print("REACHED", base)
    except TypeError as error:
        print("refused", error)
stack = ExitStack()
try:
    print("REACHED", super(ExitStack, stack).callback)
except AttributeError as error:
    print("refused", error)
try:
    print("REACHED", super.__init__(super(ExitStack, stack), json.JSONEncoder, json.JSONEncoder()))
except AttributeError as error:
    print("refused", error)
