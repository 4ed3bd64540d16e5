from typing import Generic, TypeVar
T = TypeVar("T")
class Queue(Generic[T]):
    def __init__(self) -> None:
        self.items: list[T] = []
    def put(self, item: T) -> None:
        self.items.append(item)
q: Queue[int] = Queue()
q.put(1)
assert q.items == [1]
