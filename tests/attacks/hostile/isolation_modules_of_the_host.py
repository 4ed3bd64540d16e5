# tries: the host's own code: simulator, tasks, checkers, keys
# full: refused
# raw: completed
# policy: refused
import importlib, sys
for name in ("blazer.tasks.judge", "blazer.tasks.spec", "blazer.sim.protocol", "blazer.sandbox.world", "blazer.sandbox.sandbox", "blazer.store.store",
             "blazer.skills.api", "blazer.core.records", "blazer.agents.graph", "mujoco", "pydantic", "docker", "langgraph"):
    try:
        importlib.import_module(name)
        print("ESCAPED", name)
    except ImportError as e:
        print("refused", e)
