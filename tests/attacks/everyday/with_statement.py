class Guard:
    def __init__(self):
        self.events = []
    def __enter__(self):
        self.events.append("in")
        return self
    def __exit__(self, kind, error, tb):
        self.events.append("out")
        return kind is ValueError
g = Guard()
with g as inside:
    inside.events.append("body")
    raise ValueError
assert g.events == ["in", "body", "out"]
