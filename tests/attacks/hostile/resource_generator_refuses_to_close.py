# tries: a generator that never lets itself be closed
# full: output_flood time_out
# raw: output_flood time_out
# policy: accepted
def stubborn():
    while True:
        try:
            yield 1
        except GeneratorExit:
            pass
while True:
    g = stubborn()
    next(g)
    try:
        g.close()
    except RuntimeError:
        pass
