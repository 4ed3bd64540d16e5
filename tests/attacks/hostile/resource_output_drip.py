# tries: a few characters now and then, to look alive for ever
# full: time_out
# raw: time_out
# policy: accepted
n = 0
while True:
    n += 1
    if n % 200_000 == 0:
        print(".", end="")
