# tries: except*, whose groups believe what derive returns
# full: refused
# raw: any
# policy: refused
try:
    raise ValueError
except* ValueError as e:
    print("REACHED", e)
