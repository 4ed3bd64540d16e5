# tries: the os module through typing
# full: refused
# raw: any
# policy: refused
import typing
print("REACHED", typing.contextlib.os)
