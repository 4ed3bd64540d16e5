# tries: attributes of any object, told by SimpleNamespace.__repr__
# full: completed
# raw: any
# policy: accepted
import queue
from types import SimpleNamespace
seen = []
class Watcher:
    def __eq__(self, other):
        seen.append(other)
        return True
one, other = queue.Queue(), queue.Queue()
for method in ("__repr__", "__eq__"):
    for ob in (one, queue.Queue, print, SimpleNamespace):
        try:
            arguments = (ob,) if method == "__repr__" else (ob, other)
            print("REACHED", getattr(SimpleNamespace, method)(*arguments))
        except (TypeError, AttributeError) as error:
            print("refused", error)
print("REACHED" if seen else "done")
