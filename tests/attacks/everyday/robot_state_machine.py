from enum import Enum, auto


class State(Enum):
    SEARCH = auto()
    APPROACH = auto()
    GRASP = auto()
    PLACE = auto()
    DONE = auto()
    FAILED = auto()

    @classmethod
    def terminal(cls):
        return {cls.DONE, cls.FAILED}


class Machine:
    MAX_STEPS = 20

    def __init__(self):
        self.state = State.SEARCH
        self.target = None
        self.history = [self.state]
        self.handlers = {
            State.SEARCH: self._search,
            State.APPROACH: self._approach,
            State.GRASP: self._grasp,
            State.PLACE: self._place,
        }

    def _search(self):
        found = get_objects(kind="thing")
        if not found:
            return State.FAILED
        self.target = found[0]
        return State.APPROACH

    def _approach(self):
        x, y, z = self.target.position
        move_gripper((x, y, z + 0.15))
        return State.GRASP

    def _grasp(self):
        try:
            pick(self.target.name)
        except GraspMissed:
            return State.SEARCH
        return State.PLACE

    def _place(self):
        x, y, z = self.target.position
        place_at((x, y - 0.1, z))
        return State.DONE

    def run(self):
        for step in range(self.MAX_STEPS):
            if self.state in State.terminal():
                break
            self.state = self.handlers[self.state]()
            self.history.append(self.state)
        return self.state


machine = Machine()
assert machine.run() is State.DONE
assert [s.name for s in machine.history] == ["SEARCH", "APPROACH", "GRASP", "PLACE", "DONE"]
assert State["DONE"] in State.__members__.values()
