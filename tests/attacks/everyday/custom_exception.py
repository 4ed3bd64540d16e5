class NotFound(Exception):
    def __init__(self, name):
        super().__init__(f"no {name}")
        self.name = name
try:
    try:
        raise KeyError("x")
    except KeyError as inner:
        raise NotFound("jar") from inner
except NotFound as e:
    assert e.name == "jar" and str(e) == "no jar" and e.args == ("no jar",)
