# tries: the class of functions
# full: completed
# raw: any
# policy: accepted
F = type(lambda: 0)
try:
    F(None, {})
except TypeError as e:
    if "code" in str(e):
        print("REACHED", e)
raise SystemExit
