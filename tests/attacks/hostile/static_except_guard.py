# tries: a guard's name bound by an except clause
# full: refused
# raw: any
# policy: refused
try:
    1 / 0
except ZeroDivisionError as _getattr_:
    print("REACHED")
