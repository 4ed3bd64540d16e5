# tries: attributes of library classes and of stdout set by SimpleNamespace.__init__
# full: completed
# raw: any
# policy: accepted
import json
import random
import string
import sys
from fractions import Fraction
from types import SimpleNamespace
def evil(*args, **kwargs):
    print("REACHED")
class Mine(SimpleNamespace):
    pass
for way in (SimpleNamespace.__init__, Mine.__init__, super(Mine, Mine).__init__, getattr(SimpleNamespace, "__init__")):
    for target, name in (
        (json.JSONEncoder, "encode"),
        (random.Random, "randint"),
        (string.Template, "substitute"),
        (Fraction, "limit_denominator"),
        (sys.stdout, "_write"),
        (SimpleNamespace(), "x"),
    ):
        try:
            way(target, **{name: evil})
        except TypeError as error:
            print("refused", error)
json.JSONEncoder().encode(1)
random.Random(1).randint(1, 2)
string.Template("a").substitute()
Fraction(1, 3).limit_denominator(2)
print("done")
