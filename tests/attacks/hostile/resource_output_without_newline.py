# tries: text without end and without a line's end
# full: output_flood
# raw: output_flood
# policy: accepted
while True:
    print("x" * 5000, end="")
