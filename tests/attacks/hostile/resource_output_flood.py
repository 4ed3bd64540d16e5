# tries: text without end, in long lines
# full: output_flood
# raw: output_flood
# policy: accepted
while True:
    print("x" * 10000)
