# tries: a generator's frame, read by a pattern
# full: refused
# raw: any
# policy: refused
g = (x for x in [1])
G = type(g)
match g:
    case G(gi_frame=f):
        print("REACHED", f)
