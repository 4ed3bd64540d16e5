# tries: a guard cut short by the recursion limit
# full: completed
# raw: any
# policy: accepted
import math
def dig(n):
    try:
        return dig(n + 1)
    except RecursionError:
        pass
    try:
        math.pi = 3
        return True
    except Exception:
        return False
def f():
    pass
def dig2(n):
    try:
        return dig2(n + 1)
    except RecursionError:
        return getattr(f, "__globals__", None)
dig(0)
if math.pi == 3 or dig2(0):
    print("REACHED")
raise SystemExit
