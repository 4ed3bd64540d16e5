# tries: an exception with ten megabytes of text
# full: raised
# raw: raised
# policy: accepted
raise ValueError("x" * 10**7)
