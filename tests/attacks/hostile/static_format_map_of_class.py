# tries: str.format_map taken from the class
# full: raised
# raw: any
# policy: accepted
def f():
    pass
m = getattr(str, "format" + "_map")
print("REACHED", m("{f.__code__.co_filename}", {"f": f}))
