"""One world process as the host sees it: requests, time-outs, and starting again after a crash."""

from __future__ import annotations

import time
from typing import Any

from blazer.core.records import Trajectory, Verdict, WorldState
from blazer.sandbox.arena import CallResult, Finish
from blazer.sandbox.errors import WorldCrashed
from blazer.sandbox.guest import wire
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines, Lines, LineTooLong
from blazer.sandbox.processes import Tier
from blazer.tasks.spec import TaskInstance

FINISH_S = 120.0


class World:
    """Serves one episode at a time; started when first needed, and again when it has died.

    Args:
        tier: Starts the process.
        arena: Name of what it simulates.
        limits: Time-outs.
    """

    def __init__(self, tier: Tier, arena: str, limits: Limits) -> None:
        self._tier, self._arena, self._limits = tier, arena, limits
        self._lines: Lines | None = None

    @property
    def pid(self) -> int | None:
        """Of the process, for tests and reports; None while there is none."""
        return self._lines.pid if self._lines else None

    async def start(self) -> None:
        """Start the process if there is none.

        Raises:
            WorldCrashed: if it does not come up.
        """
        if self._lines is not None and self._lines.returncode is None:
            return
        await self.stop()
        self._lines = await self._tier.start_world(self._arena)

    async def about(self) -> dict[str, str]:
        """`backend` and `backend_version`."""
        await self.start()
        return dict(await self._ask({"op": "about"}, self._limits.world_start_s))

    async def load(self, instance: TaskInstance, *, trajectory: bool) -> str:
        """Set a task up; the digest of the world before the program."""
        await self.start()
        request = {
            "op": "load",
            "instance": instance.model_dump(mode="json"),
            "trajectory": trajectory,
            "max_simulated_s": self._limits.simulated_s,
        }
        return str((await self._ask(request, self._limits.world_start_s))["initial_digest"])

    async def observe(self, instance: TaskInstance) -> WorldState:
        """The listed objects and the gripper before anything moved."""
        await self.start()
        request = {"op": "observe", "instance": instance.model_dump(mode="json")}
        return WorldState.model_validate(await self._ask(request, self._limits.world_start_s))

    async def call(self, skill: str, arguments: dict[str, Any]) -> CallResult:
        """Execute one skill."""
        reply = await self._ask({"op": "call", "skill": skill, "args": arguments}, self._limits.skill_s)
        return CallResult(**reply)

    async def finish(self) -> Finish:
        """Settle, judge, and tell how it ended."""
        reply = await self._ask({"op": "finish"}, FINISH_S)
        reply["verdict"] = Verdict.model_validate(reply["verdict"])
        if reply["trajectory"] is not None:
            reply["trajectory"] = Trajectory.model_validate_json(reply["trajectory"])
        return Finish(**reply)

    async def stop(self) -> None:
        """End the process; also what is done with one whose state is not known."""
        if self._lines is not None:
            lines, self._lines = self._lines, None
            await lines.kill()

    async def _ask(self, request: dict[str, Any], timeout_s: float) -> Any:
        lines, began = self._lines, time.monotonic()
        if lines is None:
            raise WorldCrashed("the world has been stopped")
        try:
            await lines.send(request)
            reply = wire.decode(await lines.read_line(timeout_s), capped=False)
        except TimeoutError:
            why = f"no answer to {request['op']!r} within {timeout_s:g} s"
        except (EndOfLines, LineTooLong, wire.WireFault) as fault:
            await lines.wait(1.0)
            why = f"it ended (exit code {lines.returncode}) during {request['op']!r} {fault}".rstrip()
        else:
            if "ok" in reply:
                return reply["ok"]
            why = str(reply.get("infra", "an answer that is none"))
        await self.stop()
        said = lines.stderr.captured().text[-1500:]
        raise WorldCrashed(
            f"the world failed after {time.monotonic() - began:.1f} s: {why}; it wrote: {said or 'nothing'}"
        )
