# tries: hidden attributes through dir
# full: completed
# raw: any
# policy: accepted
names = dir(print) + dir(type)
found = [getattr(print, n) for n in names]
if any(n.startswith("_") for n in names):
    print("REACHED", names)
raise SystemExit
