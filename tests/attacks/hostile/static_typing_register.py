# tries: the interpreter's registry of abstract classes, through a typing alias
# full: raised
# raw: any
# policy: accepted
import typing
class Mine:
    pass
typing.Sequence.register(Mine)
print("REACHED", isinstance(Mine(), typing.Sequence))
