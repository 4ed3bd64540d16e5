# tries: a skill's name, changed by object's own setter
# full: raised
# raw: any
# policy: accepted
object.__setattr__(pick, "__name__", "REACHED")
print(pick.__name__)
