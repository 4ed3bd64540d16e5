"""Mistakes that are made in a program's text: it does not compile, misuses a skill, imports too much."""

from __future__ import annotations

import re

import numpy as np

from blazer.agents.scripted.mistakes import Mistake, Slips


def spoil(source: str, slips: Slips, rng: np.random.Generator) -> str:
    """The program with those of the mistakes that are made in its text."""
    if Mistake.MISUSED_SKILL in slips:
        source = _misuse(source, rng)
    if Mistake.FORBIDDEN_IMPORT in slips:
        source = f"import time\n{source}time.sleep(0.5)\n"
    if Mistake.BAD_SYNTAX in slips:
        source = _break_syntax(source, rng)
    return source


_MISUSES: tuple[tuple[str, str], ...] = (
    (r"pick\((\w+)\.name", r"pick(\1"),
    (r"pick\(\"(\w+)\"", r'pick_up("\1"'),
    (r"move_gripper\(\((.+?), (.+?), (.+?)\)", r"move_gripper(\1, \2, \3"),
    (r"place_at\(\((.+?), (.+?), (.+?)\)", r"place_at(\1, \2, \3"),
    (r"place_on\((\w+)\.name", r"place_on(\1.position"),
    (r"place_in\((\w+)\.name", r"place_in(\1.position"),
    (r"close_gripper\(\)", r"close_gripper(force=20)"),
    (r"rotate_gripper\((-?[\d.]+)\)", r'rotate_gripper("\1")'),
)


def _misuse(source: str, rng: np.random.Generator) -> str:
    """One call with arguments that the skill does not take, or under a name that is none."""
    usable = [pair for pair in _MISUSES if re.search(pair[0], source)]
    if not usable:
        return source
    pattern, replacement = usable[int(rng.integers(len(usable)))]
    return re.sub(pattern, replacement, source, count=1)


def _break_syntax(source: str, rng: np.random.Generator) -> str:
    """A bracket lost, a line pushed in, or words where code should be."""
    lines = source.splitlines()
    calls = [index for index, line in enumerate(lines) if line.endswith(")") and not line.startswith(" ")]
    if not calls:
        return source + "end\n)\n"
    index = calls[int(rng.integers(len(calls)))]
    match int(rng.integers(3)):
        case 0:
            lines[index] = lines[index][:-1]
        case 1:
            lines[index] = "    " + lines[index]
        case _:
            lines.insert(index, "Then move on to the next step:")
    return "\n".join(lines) + "\n"
