"""`blazer collect` with a world without physics and a model of four programs: quick runs to be disturbed.

`python -m tests.faults.fake_collect collect OPTIONS`: the real command line, sandbox and store; three seams
are replaced. Seeds are kinds of program in turn, see `PROGRAMS`. Settings in the environment:
FAULTS_READ_ONLY_AFTER makes the store refuse to be written after so many traces (as a file system
does that the kernel has remounted), FAULTS_SEGFAULT_SEED names the seed whose program kills its world.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from typing import Any

from sqlalchemy import event

from blazer.agents.chat import ChatReply, ChatRequest
from blazer.agents.collect import Workplace
from blazer.cli import collecting, main, sandboxes
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.limits import Limits
from blazer.sandbox.sandbox import Sandbox
from blazer.store import engine, store
from blazer.tasks.spec import TaskInstance, TaskSpec

LIMITS = Limits(wall_s=30.0, guest_start_s=60.0)
BUSY = "total = 0\nfor number in range({loops}):\n    total += number\n"
PROGRAMS = {
    "success": "pick('thing0')\n" + BUSY + "place_at([0.3, 0.1, 0.8])\nprint('done', total)\n",
    "goal_not_met": "pick('thing0')\n" + BUSY,
    "raises": "is_reachable([0.3, 0.1, 0.8])\n" + BUSY + "raise ValueError('on purpose')\n",
    "many_calls": "for number in range(20):\n    gripper_pose()\n" + BUSY + "pick('thing0')\n"
    "place_at([0.3, 0.1, 0.8])\n",
}
"""By seed modulo their number; one that fails is repaired once, to `success`."""


class FourPrograms:
    """Answers by the seed in the instruction."""

    name = "four"

    async def reply(self, request: ChatRequest) -> ChatReply:
        if request.role == "planner":
            return ChatReply(text="1. Pick.\n2. Place.", prompt_tokens=10, completion_tokens=2)
        text = "\n".join(message.content for message in request.messages)
        found = re.search(r"thing number (\d+)", text)
        assert found is not None, text
        kind = list(PROGRAMS)[int(found[1]) % len(PROGRAMS)]
        repair = any(message.role == "assistant" for message in request.messages)
        source = PROGRAMS["success" if repair and kind == "raises" else kind]
        if found[1] == os.environ.get("FAULTS_SEGFAULT_SEED"):
            source = "pick('segfault')\n"
        loops = os.environ.get("FAULTS_LOOPS", "200000")
        return ChatReply(text=f"```python\n{source.replace('{loops}', loops)}```\n", prompt_tokens=100)


def _instantiate(spec: TaskSpec, seed: int) -> TaskInstance:
    made = fake_instance(seed)
    return made.model_copy(update={"task": spec.name, "instruction": f"put thing number {seed} away"})


def _place(**values: Any) -> Workplace:
    four = FourPrograms()
    return Workplace(**{**values, "models": {"planner": four, "coder": four}})


def _become_read_only(after: int) -> None:
    """Let SQLite itself refuse every write once so many traces are stored."""
    written = [0]
    insert = store.insert_trace

    def counted(*arguments: Any) -> bool:
        written[0] += 1
        return insert(*arguments)

    def begin(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if written[0] >= after else 'OFF'}")

    make = engine.make_engine

    def making(address: Any) -> Any:
        made = make(address)
        event.listen(made, "begin", begin)
        return made

    store.insert_trace = counted
    store.make_engine = making


if __name__ == "__main__":
    sandboxes.Sandbox = functools.partial(Sandbox, backend="fake", limits=LIMITS)  # type: ignore[misc,assignment]
    collecting.Workplace = _place  # type: ignore[misc,assignment]
    collecting.instantiate = _instantiate
    if os.environ.get("FAULTS_READ_ONLY_AFTER"):
        _become_read_only(int(os.environ["FAULTS_READ_ONLY_AFTER"]))
    sys.exit(main.run(sys.argv[1:]))
