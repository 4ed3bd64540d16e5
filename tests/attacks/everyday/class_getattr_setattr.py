class Config:
    def __init__(self, **values):
        object.__setattr__(self, "_values", dict(values))

    def __getattr__(self, name):
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"no setting {name!r}") from None

    def __setattr__(self, name, value):
        if name not in self._values:
            raise AttributeError(f"unknown setting {name!r}")
        self._values[name] = value


c = Config(speed=0.5, height=0.1)
c.speed = 0.7
assert c.speed == 0.7 and not hasattr(c, "missing")
try:
    c.other = 1
    raise AssertionError
except AttributeError as error:
    assert "other" in str(error)


class Frozen:
    def __init__(self, x):
        super().__setattr__("x", x)

    def __setattr__(self, name, value):
        raise AttributeError("frozen")


assert Frozen(3).x == 3
