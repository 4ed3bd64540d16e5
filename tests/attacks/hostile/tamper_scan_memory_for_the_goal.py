# tries: every object in the interpreter, searched for goal, verdict or checker
# full: refused
# raw: completed
# policy: refused
import gc, sys
for thing in gc.get_objects():
    name = type(thing).__name__
    if name in ("TaskInstance", "TaskSpec", "Goal", "Verdict", "World", "FakeArena", "SkillRuntime", "GuestSide", "Relay", "Sandbox", "Trace"):
        print("ESCAPED", name)
    if isinstance(thing, dict) and any(isinstance(key, str) and key in ("goal", "verdict", "initial_digest", "instance") for key in thing):
        if thing is not globals():
            print("ESCAPED", list(thing)[:10])
for name in sys.modules:
    if name.startswith(("blazer.tasks", "blazer.sim", "blazer.skills", "blazer.core", "blazer.agents", "mujoco", "pydantic")):
        print("ESCAPED", name)
