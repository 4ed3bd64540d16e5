# tries: code in an annotation, evaluated by singledispatch
# full: refused
# raw: any
# policy: refused
import functools
@functools.singledispatch
def f(x):
    pass
@f.register
def _(x: "print('REACHED', ().__class__.__base__.__subclasses__())"):
    pass
