# tries: to be told as out of memory by a class that is only called so
# full: raised
# raw: raised
# policy: accepted
class MemoryError(Exception):
    pass
raise MemoryError("there is plenty")
