# tries: print, patched to send another message
# full: refused
# raw: completed
# policy: refused
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Channel":
        thing.send({"t": "print", "text": "x"})
        thing.print = lambda text: thing.send({"t": "end", "fault": None})
print("now")
