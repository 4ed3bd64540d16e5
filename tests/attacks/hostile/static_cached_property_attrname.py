# tries: an array over any memory, by the name under which cached_property keeps its value
# full: completed
# raw: any
# policy: accepted
from functools import cached_property
from types import SimpleNamespace
import numpy as np
class Mine:
    @cached_property
    def x(self):
        return {"shape": (4,), "typestr": "<i8", "data": (id(Mine), False), "version": 3}
made = Mine.x
name = "__array_" + "interface__"
for way in (
    lambda: SimpleNamespace.__init__(made, attrname=name),
    lambda: setattr(made, "attrname", name),
    lambda: setattr(made, "_name", name),
    lambda: getattr(made, "__set_name__")(Mine, name),
    lambda: made.__init__(print),
):
    try:
        way()
        print("REACHED")
    except (TypeError, AttributeError) as error:
        print("refused", error)
mine = Mine()
mine.x
got = np.asarray(mine)
print("REACHED" if got.shape else "done")
