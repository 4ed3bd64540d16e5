# tries: an exception with a hundred thousand causes
# full: raised
# raw: raised crashed
# policy: accepted
e = None
for i in range(10**5):
    try:
        raise ValueError(i) from e
    except ValueError as caught:
        e = caught
raise e
