class Plan:
    def __init__(self):
        self._steps = []

    def move(self, *position):
        self._steps.append(("move", position))
        return self

    def grasp(self, width=0.04):
        self._steps.append(("grasp", width))
        return self

    def release(self):
        self._steps.append(("release",))
        return self

    def __iter__(self):
        return iter(self._steps)

    def __getitem__(self, index):
        return self._steps[index]

    def __contains__(self, kind):
        return any(step[0] == kind for step in self)

    def __call__(self, executor=print):
        for kind, *rest in self:
            executor(kind, rest)
        return len(self._steps)


plan = Plan().move(0.3, 0.1, 0.2).grasp().move(0.4, 0.0, 0.3).release()
seen = []
assert plan(lambda kind, rest: seen.append(kind)) == 4
assert seen == ["move", "grasp", "move", "release"] and "grasp" in plan and plan[-1] == ("release",)
