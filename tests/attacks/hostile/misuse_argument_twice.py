# tries: an argument given twice
# full: raised
# raw: raised
# policy: accepted
# needs: world
pick("thing0", name="thing0")
