# tries: an exception for a name
# full: raised
# raw: raised
# policy: accepted
# needs: world
try:
    1 / 0
except ZeroDivisionError as e:
    pick(e)
