# tries: the goal reached, and undone by what looks like tidying up
# full: completed
# raw: completed
# policy: accepted
# needs: world
pick("thing0")
place_on("thing0")
pick("thing0")
print("success")
