"""What two programs have in common, without parsing either: programs are untrusted text.

A lexer of our own makes tokens; it knows strings, comments and indentation, never fails, and gives
the same on every Python. Two programs are the same solution when their tokens agree after comments,
blank lines, the width of indentation, the choice of quotes and the names of local variables are
taken away. Names are taken for local where the text shows them bound; one that is missed makes two
programs look different that are not, never the other way round.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from blazer.core.digest import digest
from blazer.skills.api import SKILLS_BY_NAME
from blazer.training.settings import Refers

INDENT, DEDENT, NEWLINE = "<indent>", "<dedent>", "<newline>"
MAX_CHARS = 20_000
MIN_DECIMALS = 3
"""A number with fewer is too common to be taken for a copied coordinate."""

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<joined>\\\n)
    | (?P<newline>\n[ \t]*)
    | (?P<space>[ \t\r\f]+)
    | (?P<string>(?:[rR]?[bBfFuU]?|[bBfF][rR])
        (?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''
          |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    | (?P<number>0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?)
    | (?P<name>[^\W\d]\w*)
    | (?P<operator>\*\*=|//=|>>=|<<=|\.\.\.|:=|->|==|!=|<=|>=|\*\*|//|>>|<<|[-+*/%@&|^]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_PLAIN_STRING = re.compile(r"'([^'\"\\\n]*)'")
_FORMATTED = re.compile(r"""(?:[rR]?[fF]|[fF][rR])["']""")
_NAME = re.compile(r"[^\W\d]\w*")
_COMPOUND = frozenset(
    {"if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class"}
)
_NUMBER = re.compile(r"\d*\.\d+")
_POSITION = re.compile(r"position \(([^)\n]*)\)")


def tokens(program: str) -> tuple[str, ...]:
    """The tokens of a program without comments, blank lines and layout; quotes are made double.

    A program beyond `MAX_CHARS` is taken line by line: what nobody would learn from costs no time.
    """
    text = "\n" + program.replace("\r\n", "\n").rstrip() + "\n"
    if len(text) > MAX_CHARS:
        return tuple(line.strip() for line in text.split("\n") if line.strip())
    found: list[str] = []
    depth, indents = 0, [0]
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup, match.group()
        if kind in ("comment", "space", "joined"):
            continue
        if kind == "newline":
            if depth == 0 and not _blank_after(text, match.end()):
                _new_line(found, indents, len(word.expandtabs(8)) - 1)
            continue
        depth = _deeper(depth, word)
        found.append(_PLAIN_STRING.sub(r'"\1"', word) if kind == "string" else word)
    return tuple(found)


def _deeper(depth: int, word: str) -> int:
    """The depth of brackets after a word."""
    return max(0, depth + (word in _OPEN) - (word in _CLOSE))


def _blank_after(text: str, start: int) -> bool:
    return start >= len(text) or text[start] in "\n#"


def _new_line(found: list[str], indents: list[int], width: int) -> None:
    if found:
        found.append(NEWLINE)
    if width > indents[-1]:
        indents.append(width)
        found.append(INDENT)
    while width < indents[-1]:
        indents.pop()
        found.append(DEDENT)


def normalised(program: str) -> tuple[str, ...]:
    """The tokens of a program, its local names replaced by their order of appearance."""
    words = tokens(program)
    local = _local_names(words)
    order: dict[str, str] = {}
    result = []
    depth = 0
    for index, word in enumerate(words):
        depth = _deeper(depth, word)
        before = words[index - 1] if index else NEWLINE
        after = words[index + 1] if index + 1 < len(words) else NEWLINE
        keyword_argument = depth > 0 and after == "=" and before in ("(", ",")
        if word in local and before != "." and not keyword_argument:
            word = order.setdefault(word, f"<{len(order)}>")
        result.append(word)
    return tuple(result)


def _local_names(words: Sequence[str]) -> frozenset[str]:
    """Names that the program binds: no builtin, no skill, and none that a formatted string mentions."""
    mentioned = {name for word in words if _FORMATTED.match(word) for name in _NAME.findall(word)}
    taken = mentioned | set(dir(builtins)) | set(SKILLS_BY_NAME)
    return frozenset(
        name for name in _bound_names(words) - taken if name.isidentifier() and not keyword.iskeyword(name)
    )


def _bound_names(words: Sequence[str]) -> set[str]:
    """Names that are assigned, iterated over, imported as, or declared."""
    names: set[str] = set()
    depth, start = 0, 0
    for index, word in enumerate(words):
        depth = _deeper(depth, word)
        if depth == 0 and (
            word in (NEWLINE, INDENT, DEDENT, ";") or (word == ":" and words[start] in _COMPOUND)
        ):
            start = index + 1
        elif word == "=" and depth == 0:
            names |= _targets(words[start : _next(words, start - 1, (":", "="))])
            start = index + 1
        elif word in ("for", "lambda"):
            names |= _targets(words[index + 1 : _next(words, index, ("in", ":"))])
        elif word in ("as", "def") and index + 1 < len(words):
            names.add(words[index + 1])
        elif word == ":=":
            names.add(words[index - 1])
    return names


def _targets(words: Sequence[str]) -> set[str]:
    """Names of the left side of an assignment: no attributes, and nothing in an index or a call."""
    found: set[str] = set()
    inside = 0
    for index, word in enumerate(words):
        before = words[index - 1] if index else ""
        after = words[index + 1] if index + 1 < len(words) else ""
        if inside or (word in ("[", "(") and (before.isidentifier() or before in _CLOSE)):
            inside = max(0, inside + (word in _OPEN) - (word in _CLOSE))
        elif before in ("", ",", "(", "[", "*") and after not in (".", "(", "["):
            found.add(word)
    return found


def _next(words: Sequence[str], start: int, ends: tuple[str, ...]) -> int:
    for index in range(start + 1, len(words)):
        if words[index] in ends or words[index] == NEWLINE:
            return index
    return len(words)


def program_key(program: str) -> str:
    """Equal for programs that are the same solution."""
    return digest(list(normalised(program)))


def similarity(one: Sequence[str], other: Sequence[str]) -> float:
    """Of two token sequences, 0 to 1: twice the tokens in common blocks by all tokens (difflib)."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def refers(program: str, state: str, names: Sequence[str]) -> Refers:
    """How a program finds its objects.

    Args:
        program: Its text.
        state: The state text it was written for.
        names: The names of the objects there.

    Returns:
        `pasted` where at least two coordinates of the state are copied, else `name` where an object's
        name is, else `property` where it asks for objects by kind or colour, else `other`.
    """
    words = tokens(program)
    coordinates = {number for place in _POSITION.findall(state) for number in place.split(", ")[:2]}
    literals = {word for word in words if _NUMBER.fullmatch(word)}
    if sum(_is_copy(literal, coordinates) for literal in literals) >= 2:
        return "pasted"
    if any(f'"{name}"' in words for name in names):
        return "name"
    return "property" if "get_objects" in words else "other"


def _is_copy(literal: str, coordinates: set[str]) -> bool:
    decimals = len(literal.partition(".")[2])
    if decimals < MIN_DECIMALS or float(literal) == 0.0:
        return False
    return any(
        f"{abs(float(number)):.{decimals}f}" == f"{float(literal):.{decimals}f}" for number in coordinates
    )
