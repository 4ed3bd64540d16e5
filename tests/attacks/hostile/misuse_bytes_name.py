# tries: bytes for a name
# full: raised
# raw: raised
# policy: accepted
# needs: world
pick(b"thing0")
