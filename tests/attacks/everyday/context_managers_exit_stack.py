from contextlib import ExitStack, contextmanager, nullcontext, suppress

log = []


@contextmanager
def tool(name, fail=False):
    log.append(f"take {name}")
    try:
        yield name.upper()
    except ZeroDivisionError as error:
        log.append(f"{name} saw {error}")
        if not fail:
            return
        raise
    finally:
        log.append(f"return {name}")


with ExitStack() as stack:
    names = [stack.enter_context(tool(n)) for n in ("a", "b")]
    stack.callback(log.append, "callback")
assert names == ["A", "B"] and log == ["take a", "take b", "callback", "return b", "return a"]
log.clear()
with tool("c"):
    1 / 0
assert log[1] == "c saw division by zero"
with suppress(KeyError, IndexError):
    [][0]
with nullcontext(5) as five:
    assert five == 5
