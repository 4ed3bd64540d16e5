events = []


def session():
    events.append("open")
    try:
        while True:
            try:
                command = yield len(events)
                events.append(command)
            except ValueError as error:
                events.append(f"ignored {error}")
    finally:
        events.append("close")


s = session()
next(s)
s.send("move")
s.throw(ValueError("bad"))
s.close()
assert events == ["open", "move", "ignored bad", "close"]


def delegating():
    result = yield from inner()
    yield f"got {result}"


def inner():
    yield 1
    yield 2
    return "done"


assert list(delegating()) == [1, 2, "got done"]
