# tries: frames through an exception's traceback
# full: refused
# raw: any
# policy: refused
try:
    1 / 0
except ZeroDivisionError as e:
    print("REACHED", e.__traceback__.tb_frame.f_back.f_globals)
