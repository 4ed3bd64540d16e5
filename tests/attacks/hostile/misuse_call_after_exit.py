# tries: a skill called after exit() was caught
# full: raised
# raw: raised
# policy: accepted
# needs: world
try:
    exit()
except SystemExit:
    pick("missing")
