"""What holds for the policy's answer to any text whatever."""

from __future__ import annotations

import time

from blazer.sandbox.guest.policy import Examined, examine
from blazer.sandbox.guest.policy_names import MAX_FINDINGS
from blazer.sandbox.protocol import skill_names

LONGEST_S = 0.5
_SKILLS = frozenset(skill_names())


def wrong_with(source: str) -> list[str]:
    """What is wrong with the answer to a text."""
    began = time.thread_time()
    answer = examine(source, _SKILLS)
    took_s = time.thread_time() - began
    found = []
    if took_s > LONGEST_S:
        found.append(f"it took {took_s:.2f} s")
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
