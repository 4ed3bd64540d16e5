"""The built-in model's vocabulary. Words of English and of the table; no task is named here."""

from __future__ import annotations

import re


def word_set(words: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(words.split())


COLORS = word_set(
    "red maroon lime green blue navy yellow cyan magenta silver gray grey orange olive purple teal azure "
    "violet rose black white pink brown gold crimson turquoise beige"
)

SYNONYMS: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "block cube brick",
        "bin trash trashcan can dustbin wastebasket",
        "rubbish trash garbage litter waste junk",
        "container tray box bin basket crate",
        "basket hamper",
        "pillar peg spoke post pole rod pin column stick",
        "ring loop hoop-ring",
        "hoop net rim basket",
        "ball basketball",
        "cap top stopper cork lid",
        "lid cap cover top",
        "target square pad patch mat goal spot area tile plate",
        "item thing object stuff piece things",
        "meat steak chicken sausage",
        "case suitcase box",
        "cup mug",
        "bowl dish",
        "stand coaster holder pedestal plate",
        "jar pot",
        "bottle flask",
        "fruit apple banana orange pear lemon plum peach strawberry lime",
        "grill barbecue bbq",
    )
)

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
ALL_WORDS = word_set("all every everything each")
FRUIT = word_set("apple banana orange pear lemon plum peach strawberry lime fruit")

ON = word_set("on onto atop upon over around")
IN = word_set("in into inside within through")
OFF = word_set("off from out")
BESIDE = word_set("beside next by near alongside aside")
TO = word_set("to at toward towards")

LEFT = word_set("left leftmost left-hand")
RIGHT = word_set("right rightmost right-hand")
NEAR = word_set("closest nearest nearer closer")
FAR = word_set("farthest furthest")
FRONT = word_set("front frontmost foremost")
BACK = word_set("back rear hindmost backmost")
MIDDLE = word_set("middle center centre central")
BIG = word_set("big large larger largest bigger biggest")
SMALL = word_set("small little smaller smallest")
PLACE_WORDS = LEFT | RIGHT | NEAR | FAR | FRONT | BACK | MIDDLE | BIG | SMALL

UNSCREW = word_set("unscrew untwist uncork uncap")
STACK = word_set("stack tower pile stacked")
OPEN = word_set("open twist turn off loose remove")
CLOSE = word_set("close seal shut cover screw lid cap")
EMPTY = word_set("empty clear unload")

_WORD = re.compile(r"[a-z0-9]+(?:-[a-z]+)*")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, in lower case."""
    return tuple(_WORD.findall(text.lower()))


def singular(word: str) -> str:
    """`boxes` -> `box`, `blocks` -> `block`; other words as they are."""
    for ending, cut in (("ies", 3), ("shes", 2), ("ches", 2), ("xes", 2), ("sses", 2)):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[:-cut] + ("y" if ending == "ies" else "")
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def same_kind(word: str, kind: str) -> bool:
    """Whether a word may mean an object of this kind, by name or by synonym."""
    word, head = singular(word), head_of(kind)
    return word == head or any(word in group and head in group for group in SYNONYMS)


def named_kind(word: str, kind: str) -> bool:
    """Whether a word is the kind's own name."""
    return singular(word) == head_of(kind)


def head_of(kind: str) -> str:
    """The word that says what it is: `stand` for a ball stand."""
    parts = words_of(kind)
    return singular(parts[-1]) if parts else ""
