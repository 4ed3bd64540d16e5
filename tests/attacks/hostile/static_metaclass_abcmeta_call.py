# tries: a class with any namespace, made by calling ABCMeta
# full: raised
# raw: any
# policy: accepted
from abc import ABCMeta
print("REACHED", ABCMeta("C", (), {"__del__": print}))
