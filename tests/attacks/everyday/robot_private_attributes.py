class Gripper:
    __count = 0

    def __init__(self, force=10.0):
        self.__force = force
        self.__log = []
        Gripper.__count += 1

    def __record(self, what):
        self.__log.append(what)
        return len(self.__log)

    def close(self):
        self.__force *= 2
        return self.__record("close")

    @property
    def force(self):
        return self.__force

    @force.setter
    def force(self, value):
        if value < 0:
            raise ValueError(f"force must not be negative, got {value}")
        self.__force = value

    @staticmethod
    def made():
        return Gripper.__count


g = Gripper()
assert g.close() == 1 and g.force == 20.0
g.force = 5
assert g.force == 5 and Gripper.made() == 1
try:
    g.force = -1
    raise AssertionError
except ValueError as error:
    assert "-1" in str(error)
assert g._Gripper__force == 5 and not hasattr(g, "__force")
