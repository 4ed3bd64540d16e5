# tries: a traceback taken from an exception by a computed name
# full: raised
# raw: any
# policy: accepted
try:
    1 / 0
except ZeroDivisionError as e:
    print("REACHED", getattr(e, "__trace" + "back__"))
