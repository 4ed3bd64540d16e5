import copy
from types import SimpleNamespace


class Board:
    def __init__(self, cells):
        self.cells = cells
        self.parent = None

    def __copy__(self):
        new = type(self)(list(self.cells))
        new.parent = self
        return new

    def moved(self, i, j):
        new = copy.copy(self)
        new.cells[i], new.cells[j] = new.cells[j], new.cells[i]
        return new


class Node:
    def __init__(self, value, *children):
        self.value, self.children = value, list(children)

    def __deepcopy__(self, memo):
        return Node(self.value, *copy.deepcopy(self.children, memo))


b = Board([1, 2, 3])
c = b.moved(0, 2)
assert b.cells == [1, 2, 3] and c.cells == [3, 2, 1] and c.parent is b
tree = Node(1, Node(2))
other = copy.deepcopy(tree)
other.children[0].value = 9
assert tree.children[0].value == 2
state = SimpleNamespace(step=0, best=None, log=[])
state.step += 1
state.log.append("x")
state.extra = 5
saved = copy.deepcopy(state)
state.log.append("y")
assert saved.log == ["x"] and saved.step == 1 and repr(SimpleNamespace(a=1)) == "namespace(a=1)" and vars(state)["extra"] == 5
objects = copy.deepcopy(get_objects())
assert objects[0].name == "thing0" and copy.copy(objects)[0] is objects[0]
