STATES = {"reach": "grasp", "grasp": "lift", "lift": None}
def run(state="reach", trace=None):
    trace = [] if trace is None else trace
    handlers = {"reach": lambda: trace.append("r"), "grasp": lambda: trace.append("g")}
    while state is not None:
        handlers.get(state, lambda: trace.append("?"))()
        state = STATES[state]
    return "".join(trace)
assert run() == "rg?"
