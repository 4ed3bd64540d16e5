# tries: the object of a failing look-up, read by astuple
# full: completed
# raw: any
# policy: accepted
from dataclasses import astuple, dataclass
def error():
    @dataclass(init=False)
    class Error(AttributeError):
        obj: object
    return Error
def text():
    @dataclass(init=False)
    class Text(str):
        format: object
    return Text("a")
def generator():
    @dataclass
    class Frame:
        gi_frame: object = None
    return Frame()
for way in (error, text, generator):
    try:
        print("REACHED", way())
    except TypeError as refusal:
        print("refused", refusal)
