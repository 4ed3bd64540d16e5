class Skill:
    registry = {}

    def __init_subclass__(cls, name=None, **kwargs):
        super().__init_subclass__(**kwargs)
        Skill.registry[name or cls.__name__.lower()] = cls

    def run(self):
        raise NotImplementedError(type(self).__name__)


class Lift(Skill):
    def run(self):
        return "up"


class Lower(Skill, name="down"):
    def run(self):
        return "down"


assert sorted(Skill.registry) == ["down", "lift"]
assert [Skill.registry[k]().run() for k in ("lift", "down")] == ["up", "down"]
try:
    Skill().run()
    raise AssertionError
except NotImplementedError as error:
    assert str(error) == "Skill"
