# tries: a way past the policy: except star
# full: refused
# raw: any
# policy: refused
try:
    raise ValueError
except* ValueError as e:
    print("REACHED", e)
