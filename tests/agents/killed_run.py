"""A run to be killed: `python -m tests.agents.killed_run FOLDER EPISODES`. Slow models, real store."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from blazer.agents.chat import ChatReply, ChatRequest
from blazer.agents.collect import collect
from blazer.agents.models import RoleConfig
from blazer.agents.run import CollectConfig
from blazer.agents.sink import StoreSink
from blazer.store.store import Store
from tests.agents.fakes import FakeSandbox, program, workplace

ROLES = {
    "planner": RoleConfig(model="m", base_url="http://127.0.0.1:9/v1"),
    "coder": RoleConfig(model="m", base_url="http://127.0.0.1:9/v1"),
}


class Slow:
    """Takes its time, writes down that it was asked, and needs one repair."""

    name = "slow"

    def __init__(self, log: Path) -> None:
        self._log = log

    async def reply(self, request: ChatRequest) -> ChatReply:
        await asyncio.sleep(0.01)
        with self._log.open("a") as file:
            file.write(f"{request.role}\n")
        if request.role == "planner":
            return ChatReply(text="1. Pick.", prompt_tokens=1, completion_tokens=1)
        return ChatReply(text=program("collision" if len(request.messages) == 2 else "success"))


async def main(folder: Path, episodes: int) -> None:
    model = Slow(folder / "asked.log")
    config = CollectConfig(
        tasks=("lift_block", "drop_block"),
        seed_stop=episodes // 2,
        roles=ROLES,
        workers=2,
        concurrency=3,
        run_id="killed",  # not by the code, which somebody may be writing while this runs
    )
    with Store.open(folder / "traces.sqlite") as store:
        place = workplace(FakeSandbox(), None, state_dir=folder / "state", models=dict.fromkeys(ROLES, model))
        report = await collect(config, place._replace(sink=StoreSink(store)))
    sys.stdout.write(report.model_dump_json())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
