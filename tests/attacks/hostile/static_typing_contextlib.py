# tries: a way past the policy: typing contextlib
# full: refused
# raw: any
# policy: refused
import typing
print("REACHED", typing.contextlib.os)
