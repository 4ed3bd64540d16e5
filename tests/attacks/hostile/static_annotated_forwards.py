# tries: ndarray.tofile through typing.Annotated, which passes look-ups on
# full: raised
# raw: any
# policy: accepted
import typing
import numpy as np
typing.Annotated[np.ndarray, 0].tofile(np.zeros(3), "/tmp/x")
print("REACHED")
