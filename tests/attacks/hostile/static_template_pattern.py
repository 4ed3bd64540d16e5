# tries: attributes in a string.Template
# full: raised
# raw: any
# policy: accepted
from string import Template
def f():
    pass
print("REACHED", Template("${f.__globals__}").substitute({"f": f}))
