# tries: text without end in characters of four bytes
# full: output_flood
# raw: output_flood
# policy: accepted
while True:
    print("\U0001f916" * 4096)
