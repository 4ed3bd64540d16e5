# tries: endless recursion, caught at every depth, again and again
# full: time_out
# raw: time_out
# policy: accepted
def f():
    try:
        f()
    except RecursionError:
        f()
    finally:
        f()
while True:
    try:
        f()
    except BaseException:
        pass
