def make_counter(start=0, step=1):
    value = start

    def increment(by=None):
        nonlocal value
        value += step if by is None else by
        return value

    def reset():
        nonlocal value
        value = start

    return increment, reset


def compose(*functions):
    def composed(x):
        for f in reversed(functions):
            x = f(x)
        return x

    return composed


class Events:
    def __init__(self):
        self.handlers = {}

    def on(self, name):
        def register(handler):
            self.handlers.setdefault(name, []).append(handler)
            return handler

        return register

    def fire(self, name, *args, **kwargs):
        return [handler(*args, **kwargs) for handler in self.handlers.get(name, [])]


inc, reset = make_counter(10, 5)
assert (inc(), inc(), inc(1)) == (15, 20, 21)
reset()
assert inc() == 15 and compose(str, abs, lambda x: x - 10)(3) == "7"
events = Events()


@events.on("grasp")
def on_grasp(name, *, force=1):
    return f"{name}:{force}"


events.on("grasp")(lambda name, **kw: name.upper())
assert events.fire("grasp", "jar", force=2) == ["jar:2", "JAR"] and events.fire("none") == []
adders = [lambda x, n=n: x + n for n in range(3)]
assert [f(10) for f in adders] == [10, 11, 12]
