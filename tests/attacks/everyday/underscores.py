_HEIGHT = 0.1
def _approach(z, _unused=None):
    _z = z + _HEIGHT
    for _ in range(3):
        pass
    return _z
class A:
    def __init__(self):
        self._private = 1
    def _helper(self):
        return self._private
assert _approach(1.0) == 1.1 and A()._helper() == 1 and A()._private == 1
