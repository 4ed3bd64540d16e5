# tries: an exception whose text raises
# full: raised
# raw: raised
# policy: accepted
class E(Exception):
    def __str__(self):
        raise E("again")
raise E
