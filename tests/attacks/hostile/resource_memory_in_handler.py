# tries: a MemoryError whose handler runs out of memory again
# full: out_of_memory
# raw: out_of_memory
# policy: accepted
def fill(depth):
    x = []
    try:
        while True:
            x.append(bytearray(10**7))
    except MemoryError:
        if depth:
            fill(depth - 1)
        raise
fill(5)
