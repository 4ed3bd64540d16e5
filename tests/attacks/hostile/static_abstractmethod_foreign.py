# tries: a skill marked by abstractmethod
# full: raised
# raw: any
# policy: accepted
from abc import abstractmethod
abstractmethod(pick)
print("REACHED", pick)
