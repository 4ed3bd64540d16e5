# tries: a skill that does not exist
# full: refused
# raw: raised
# policy: refused
# needs: world
grab("thing0")
