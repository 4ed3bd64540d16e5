from __future__ import annotations

import typing
from dataclasses import dataclass, field, fields


@dataclass
class Tree:
    limit: typing.ClassVar[int] = 3
    value: int
    children: list[Tree] = field(default_factory=list)
    parent: Tree | None = None

    def add(self, value: int) -> Tree:
        if len(self.children) >= self.limit:
            raise ValueError("too many")
        child = Tree(value, parent=self)
        self.children.append(child)
        return child

    def depth(self) -> int:
        return 1 + max((c.depth() for c in self.children), default=0)

    def walk(self) -> typing.Iterator[Tree]:
        yield self
        for child in self.children:
            yield from child.walk()


root = Tree(1)
root.add(2).add(3)
root.add(4)
assert root.depth() == 3 and [t.value for t in root.walk()] == [1, 2, 3, 4]
assert [f.name for f in fields(Tree)] == ["value", "children", "parent"]
