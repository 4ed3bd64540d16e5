# tries: a misused skill in a default argument
# full: raised
# raw: raised
# policy: accepted
# needs: world
def f(x=pick(1)):
    return x
