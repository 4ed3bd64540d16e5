# tries: all the memory in many small objects, which leaves none for the error
# full: out_of_memory time_out
# raw: out_of_memory time_out
# policy: accepted
x = []
chunk = list(range(1000, 20000))
while True:
    x.append(chunk + [len(x)])
