# tries: thirty megabytes in one print
# full: output_flood
# raw: output_flood
# policy: accepted
print("x" * 30_000_000)
