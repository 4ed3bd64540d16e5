# outcome: program_error
# raw: yes
def f():
    return f()
f()
