# tries: a name of control characters
# full: completed
# raw: completed
# policy: accepted
# needs: world
pick("\x00\x1b[2J\u202e\r\n")
