# tries: a trace function that catches the end of every frame
# full: refused
# raw: time_out
# policy: refused
import os, sys
def trace(*rest):
    return trace
sys.settrace(trace)
sys.setprofile(trace)
def f():
    while True:
        try:
            f()
        except BaseException:
            pass
f()
