# tries: frames through the context of an exception
# full: raised
# raw: any
# policy: accepted
try:
    try:
        1 / 0
    except ZeroDivisionError:
        {}["x"]
except KeyError as e:
    tb = getattr(e.__context__, "__traceback__")
    print("REACHED", tb)
