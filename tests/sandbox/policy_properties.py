"""What holds for the policy's answer to any text whatever."""

from __future__ import annotations

import gc
import time

from blazer.sandbox.guest.policy import Examined, examine
from blazer.sandbox.guest.policy_names import MAX_FINDINGS
from blazer.sandbox.protocol import skill_names

_SKILLS = frozenset(skill_names())
_STEP = (
    "def step_{i}(name, height=0.1):\n"
    "    found = [x * 2 for x in range(10) if x > height]\n"
    "    for item in found:\n"
    "        if item > 3:\n"
    "            print(f'{{name}}: {{item}}')\n"
    "    return sum(found)\n"
)
ORDINARY = "".join(_STEP.format(i=i) for i in range(64 * 1024 // len(_STEP)))
"""About as long as a program may be, and nothing odd about it."""
LONGEST = 6
"""A text may take as often the time that `ORDINARY` takes; what does not grow with its length takes less
than two. Not seconds: those belong to the machine."""


ENOUGH_S = 0.05
"""What takes less is not looked at again."""


def takes_long(source: str) -> bool:
    """Whether a text of any length takes much longer to examine than an ordinary program."""
    # The quickest of three: what a busy machine adds is no property of the text.
    return all(_examining_s(source) > LONGEST * _examining_s(ORDINARY) for _ in range(3))


def _examining_s(source: str) -> float:
    """Of this thread alone, and without sweeping up after whoever was here before."""
    gc.disable()
    try:
        began = time.thread_time()
        examine(source, _SKILLS, max_bytes=64 * 1024)
        return time.thread_time() - began
    finally:
        gc.enable()


def wrong_with(source: str) -> list[str]:
    """What is wrong with the answer to a text."""
    began = time.thread_time()
    answer = examine(source, _SKILLS)
    found = []
    if time.thread_time() - began > ENOUGH_S and takes_long(source):
        found.append("it takes long")
    if (answer.code is None) != bool(answer.findings):
        found.append("code with findings, or neither")
    found += _malformed(answer, source)
    if _words(examine(source, _SKILLS)) != _words(answer):
        found.append("the second answer was another one")
    try:
        as_bytes = source.encode("utf-8")
    except UnicodeEncodeError:
        return found
    if _words(examine(as_bytes, _SKILLS)) != _words(answer):
        found.append("the answer to its bytes was another one")
    return found


def _words(answer: Examined) -> list[dict[str, object]]:
    return [finding.as_dict() for finding in answer.findings]


def _malformed(answer: Examined, source: str) -> list[str]:
    found = []
    lines = source.count("\n") + source.count("\r") + source.count("\f") + 2
    for finding in _words(answer):
        line, column = finding["line"], finding["column"]
        texts = [finding[key] for key in ("rule", "message", "suggestion")]
        if not isinstance(line, int) or not isinstance(column, int) or not 1 <= line <= lines or column < 1:
            found.append(f"no place: {finding}")
        if not all(isinstance(text, str) and len(text) <= 200 for text in texts) or not finding["message"]:
            found.append(f"no text: {finding}")
        str(finding["message"]).encode("utf-8")
    if len(answer.findings) > MAX_FINDINGS:
        found.append(f"{len(answer.findings)} findings")
    return found
