# tries: a search in C through a range without end
# full: time_out
# raw: time_out
# policy: accepted
print(max(range(10**13)))
