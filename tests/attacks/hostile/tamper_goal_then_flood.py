# tries: the goal reached, and then a limit broken
# full: output_flood
# raw: output_flood
# policy: accepted
# needs: world
pick("thing0")
place_on("thing0")
while True:
    print("x" * 5000)
