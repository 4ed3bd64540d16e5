# tries: a module made by a program, in place of one
# full: raised
# raw: any
# policy: accepted
import math
Fake = type(math)
import_me = Fake("os", {"getcwd": lambda: "REACHED"})
print(import_me.getcwd())
