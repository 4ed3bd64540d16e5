# tries: an exception with twenty thousand causes
# full: raised
# raw: raised crashed
# policy: accepted
e = None
for i in range(2 * 10**4):
    try:
        raise ValueError(i) from e
    except ValueError as caught:
        e = caught
raise e
