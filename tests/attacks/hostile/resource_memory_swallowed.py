# tries: hides every MemoryError and goes on asking
# full: time_out
# raw: time_out
# policy: accepted
x = []
while True:
    try:
        x.append(bytearray(10**7))
    except MemoryError:
        pass
