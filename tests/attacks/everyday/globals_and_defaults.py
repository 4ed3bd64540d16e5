count = 0
def bump(by=1, *, log=[]):
    global count
    count += by
    log.append(by)
    return len(log)
bump()
assert bump(2) == 2 and count == 3
