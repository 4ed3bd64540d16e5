"""Steps that write a word into a file, so that the machinery can be tried without models or sandboxes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

from blazer.agents.opening import RunPlace
from blazer.agents.run import CollectConfig
from blazer.bootstrap.steps import Beat, Done, Hands, Job, Made, Step, WorkDir
from blazer.core.digest import text_digest
from blazer.core.errors import UsageError

ENDINGS = ("made", "refused", "killed", "crashed", "slow", "nothing", "orphan")


@asynccontextmanager
async def no_run(config: CollectConfig, where: str) -> AsyncIterator[RunPlace]:
    """Opens nothing: fake steps run no episodes."""
    raise UsageError("fake steps open no runs")
    yield


class WordJob(Job):
    """Writes a word and those that it was given, unless it is told to end otherwise."""

    kind: ClassVar[str] = "word"
    word: str
    given: tuple[str, ...] = ()
    out: Path
    ending: str = "made"

    def identity(self) -> dict[str, object]:
        """The way it ends is no input."""
        return self.model_dump(mode="json", exclude={"ending"})

    def work(self, hands: Hands) -> Made:
        """Count the tries, then end as told."""
        self.out.mkdir(parents=True, exist_ok=True)
        with (self.out / "tries").open("a") as stream:
            stream.write(f"{os.getpid()}\n")
        hands.tell(Beat(1, 2, "half"))
        match self.ending:
            case "refused":
                raise UsageError(f"{self.word} is refused")
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "crashed":
                raise ZeroDivisionError(f"{self.word} crashed")
            case "slow":
                time.sleep(60)
        text = " ".join((*self.given, self.word))
        if self.ending != "nothing":
            (self.out / "text").write_text(text)
        hands.tell(Beat(2, 2, "whole"))
        return Made(digest=text_digest(text), facts={"text": text})

    def stands(self, made: Made) -> bool:
        """Whether the text is there."""
        path = self.out / "text"
        return path.is_file() and text_digest(path.read_text()) == made.digest

    def estimate_s(self) -> float:
        """Ten seconds, so that shares can be seen."""
        return 10.0


def word(
    place: WorkDir, name: str, needs: tuple[str, ...] = (), text: str = "", ending: str = "made"
) -> Step:
    """A step that writes `text`, or its name."""

    def make(done: Mapping[str, Done]) -> Job:
        given = tuple(str(done[need].made.facts.get("text", "")) for need in needs)
        return WordJob(word=text or name, given=given, out=place.out(name), ending=ending)

    return Step(name, needs, make)


def tries(place: WorkDir, name: str) -> int:
    """How often a step was begun since its place was last cleared."""
    path = place.out(name) / "tries"
    return len(path.read_text().splitlines()) if path.exists() else 0
