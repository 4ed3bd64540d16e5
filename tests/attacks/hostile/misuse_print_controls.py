# tries: a print of half characters, zeros and terminal commands
# full: completed
# raw: completed
# policy: accepted
print("\ud800\x00\x1b[2J\u202e" + "é" * 10)
