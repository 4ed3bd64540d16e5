# tries: all the memory by a text that doubles
# full: out_of_memory
# raw: out_of_memory
# policy: accepted
x = "x"
while True:
    x += x
