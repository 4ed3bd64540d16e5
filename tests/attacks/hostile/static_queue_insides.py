# tries: locks and the insides of a queue
# full: completed
# raw: any
# policy: accepted
import queue
for kind in (queue.Queue, queue.LifoQueue, queue.PriorityQueue, queue.SimpleQueue):
    made = kind()
    for name in ("mutex", "not_empty", "not_full", "all_tasks_done", "queue", "unfinished_tasks", "_items", "_put"):
        try:
            print("REACHED", getattr(made, name))
        except AttributeError as error:
            print("refused", error)
    try:
        kind.put(print, 1)
        print("REACHED")
    except TypeError as error:
        print("refused", error)
try:
    queue.Queue().get()
except queue.Empty as error:
    print("empty", error)
