# tries: a metaclass called by the class statement
# full: raised
# raw: any
# policy: accepted
def maker(name, bases, namespace, **kw):
    print("REACHED", list(namespace))
    return 5
class C(metaclass=maker):
    x = 1
raise SystemExit
