"""Programs that mean no harm: they run, their output and values arrive whole, their faults are told."""

from __future__ import annotations

import json

from blazer.core.outcomes import Ending
from blazer.sandbox.battery.frame import Box, Check, Judge, Seen, ends, prints, program, told

_ODD = "naïve Grüße 日本語 🤖 \u202e"
_BIG_CHARS = 2**20 - 200
"""With its name and the numbers beside it, all but a MiB."""

_ORDER = """
import random
words = {"pear", "apple", "plum", "fig", "lime", "kiwi"}
print(list(words), random.random(), [random.randint(0, 99) for _ in range(5)], hash("x"))
"""


def _faults(kind: str, line: int) -> Judge:
    def judge(seen: Seen) -> str:
        if seen.fault is not None and (seen.fault.kind, seen.fault.line) == (kind, line):
            return ""
        return f"{told(seen)} instead of {kind} in line {line}"

    return judge


def _output_can_be_stored(seen: Seen) -> str:
    try:
        seen.text.encode("utf-8")
    except UnicodeEncodeError as error:
        return f"the output cannot be encoded: {error.reason}"
    if "\x00" in seen.text or "after" not in seen.text:
        return f"the output was kept as {seen.text[:200]!r}"
    return ""


def _head_and_tail(seen: Seen) -> str:
    total = sum(len(f"line {number}\n") for number in range(20_000))
    kept = seen.stdout
    if kept.total_bytes != total:
        return f"{kept.total_bytes} bytes were counted of {total}"
    if not kept.truncated or "left out" not in kept.text:
        return "it was cut, and does not say so"
    if not kept.text.startswith("line 0\n") or not kept.text.endswith("line 19999\n"):
        return "the head or the tail is missing"
    return ""


def _value(wanted: object) -> Judge:
    def judge(seen: Seen) -> str:
        return "" if seen.value == wanted else f"the value arrived as {str(seen.value)[:200]!r}"

    return judge


async def _same_again(box: Box) -> str:
    first, second = await box.run(_ORDER), await box.run(_ORDER)
    if first.ending is not Ending.COMPLETED or "pear" not in first.text:
        return f"{first.ending}, printed {first.text[:150]!r}: {told(first)}"
    if (first.text, first.digest) != (second.text, second.digest):
        return f"printed {first.text[:150]!r}, then {second.text[:150]!r}"
    return ""


_LINES = """
for start in range(0, 20000, 200):
    print("\\n".join(f"line {number}" for number in range(start, start + 200)))
"""


async def _odd_values(box: Box) -> str:
    """Whatever is left in `result`, the run ends as it should and the host gets plain data or nothing."""
    sources = {
        "an object": "result = object()",
        "a function": "result = print",
        "a loop": "result = []\nresult.append(result)",
        "no number": "result = float('nan')",
        "a lone surrogate": "result = '\\ud800'",
        "a huge integer": "result = 10 ** 6000",
        "deep nesting": "result = []\nfor _ in range(5000):\n    result = [result]",
        "3 MB": "result = 'x' * 3_000_000",
        "odd keys": "result = {(1, 2): 3, None: 4}",
    }
    for what, source in sources.items():
        seen = await box.run(source)
        if seen.ending not in (Ending.COMPLETED, Ending.RAISED, Ending.OUT_OF_MEMORY):
            return f"{what}: {seen.ending}: {told(seen)}"
        json.dumps(seen.value, allow_nan=False).encode()  # fails for what is not plain
    seen = await box.run("result = {'a': [1]}")
    return "" if seen.value == {"a": [1]} else f"after them, a value arrived as {str(seen.value)[:200]!r}"


CHECKS: tuple[Check, ...] = (
    program(
        "runs_a_program",
        "a program runs to its end and its output arrives",
        "print(sum(range(5)))",
        ends(Ending.COMPLETED),
        prints("10\n"),
    ),
    program(
        "print_is_only_text",
        "what looks like a message of ours is only text when printed",
        'print(\'{"t":"end","fault":null}\')\nprint("after")',
        ends(Ending.COMPLETED),
        prints("after\n"),
    ),
    program(
        "unicode_arrives",
        "text of any script arrives as it was printed",
        f"print({_ODD!r})",
        prints(_ODD),
    ),
    program(
        "odd_characters_do_no_harm",
        "NUL, escape sequences and lone surrogates are kept in a form that can be stored",
        "print('\\x00 \\x1b[2J \\ud800 \\x07 \\r after')",
        ends(Ending.COMPLETED),
        _output_can_be_stored,
    ),
    program(
        "bad_bytes_do_no_harm",
        "bytes that are no text, written past print, end nothing",
        "import os\nfor fd in (1, 2):\n    os.write(fd, bytes(range(256)) * 64)\nprint('after')",
        ends(Ending.COMPLETED),
        prints("after\n"),
        raw=True,
    ),
    program(
        "a_cut_says_so",
        "output beyond the cap keeps its head and its tail, says what was left out, and counts all",
        _LINES,
        ends(Ending.COMPLETED),
        _head_and_tail,
    ),
    program(
        "tells_the_line_of_an_exception",
        "an exception that nothing caught comes with its kind and the program's line",
        "x = 1\n\nx / 0\n",
        ends(Ending.RAISED),
        _faults("ZeroDivisionError", 3),
    ),
    program(
        "an_exception_without_a_text",
        "an exception whose text cannot be made is told all the same",
        "class Odd(Exception):\n    def __str__(self):\n        raise ValueError('no')\n\nraise Odd()\n",
        ends(Ending.RAISED),
        _faults("Odd", 5),
    ),
    program(
        "exit_is_an_end",
        "exit() with any code is an end like another, and decides nothing",
        "print('before')\nraise SystemExit(3)",
        ends(Ending.COMPLETED),
        prints("before\n"),
    ),
    program(
        "nobody_answers_at_stdin",
        "reading standard input finds its end and does not wait",
        "import sys\nprint(repr(sys.stdin.read()) if sys.stdin else repr(''))",
        ends(Ending.COMPLETED),
        prints("''"),
        raw=True,
    ),
    program(
        "deep_recursion_is_an_exception",
        "endless recursion is the program's exception and not a dead interpreter",
        "def f(n):\n    return f(n + 1)\nf(0)",
        ends(Ending.RAISED),
        _faults("RecursionError", 2),
    ),
    Check(
        "the_same_every_time",
        "the same program does the same again: order of sets, hashes, random numbers, the world",
        _same_again,
    ),
    program(
        "values_arrive",
        "plain data left in `result` arrives as it was",
        "result = {'text': inputs['odd'], 'numbers': [1, 2.5, -3e9], 'none': None, 'yes': True}",
        ends(Ending.COMPLETED),
        _value({"text": _ODD, "numbers": [1, 2.5, -3e9], "none": None, "yes": True}),
        only="plain",
        inputs={"odd": _ODD},
    ),
    program(
        "a_megabyte_goes_in",
        "an input of one MiB arrives whole",
        "print(len(inputs['text']), inputs['text'][-3:], inputs['numbers'][:2])",
        ends(Ending.COMPLETED),
        prints(f"{_BIG_CHARS} end [0, 1]\n"),
        only="plain",
        inputs={"text": "x" * (_BIG_CHARS - 3) + "end", "numbers": [0, 1, 2]},
    ),
    Check(
        "odd_values_do_no_harm",
        "whatever is left in `result`, the host gets plain data or nothing",
        _odd_values,
        only="plain",
    ),
    program(
        "no_skills_without_a_robot",
        "a program without a task finds no skills",
        "pick('thing0')",
        ends(Ending.RAISED, Ending.REFUSED),
        only="plain",
    ),
)
