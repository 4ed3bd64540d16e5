# tries: a way past the policy: except guard
# full: refused
# raw: any
# policy: refused
try:
    1 / 0
except ZeroDivisionError as _getattr_:
    print("REACHED")
