# tries: text without end from a program that catches everything
# full: output_flood
# raw: output_flood
# policy: accepted
while True:
    try:
        print("x" * 10000)
    except BaseException:
        pass
