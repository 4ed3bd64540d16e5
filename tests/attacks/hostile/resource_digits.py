# tries: a number of a hundred thousand digits as text
# full: raised
# raw: raised
# policy: accepted
print(len(str(10 ** 100_000)))
