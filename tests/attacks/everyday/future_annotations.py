from __future__ import annotations
from dataclasses import dataclass
@dataclass
class Node:
    value: int
    next: Node | None = None
def walk(node: Node | None) -> list[int]:
    out: list[int] = []
    while node:
        out.append(node.value)
        node = node.next
    return out
assert walk(Node(1, Node(2))) == [1, 2]
