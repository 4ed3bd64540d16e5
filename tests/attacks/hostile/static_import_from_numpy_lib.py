# tries: numpy's strides
# full: refused
# raw: any
# policy: refused
from numpy.lib.stride_tricks import as_strided
print("REACHED", as_strided)
