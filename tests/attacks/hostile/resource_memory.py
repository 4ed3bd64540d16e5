# tries: all the memory, ten megabytes at a time
# full: out_of_memory
# raw: out_of_memory
# policy: accepted
x = []
while True:
    x.append(bytearray(10**7))
