# tries: a format string whose width is the memory
# full: out_of_memory
# raw: out_of_memory
# policy: accepted
print(len("{:>99999999999}".format(1)))
