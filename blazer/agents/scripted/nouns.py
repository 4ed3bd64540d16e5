"""The nouns of an instruction: which objects a word may mean, by kind, colour, count and place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from blazer.agents.scripted import words as w
from blazer.agents.scripted.reading import Item


class Mention(NamedTuple):
    """A noun of the instruction that may mean objects of the state."""

    at: int
    items: tuple[Item, ...]
    family: tuple[Item, ...]
    """Of the same kind, whatever their colour or place."""
    preposition: str
    plural: bool
    number: int | None


def mentions_in(tokens: Sequence[str], items: Sequence[Item]) -> list[Mention]:
    """The nouns that may mean objects, in the order of the text, each with what its words narrow it to."""
    found: list[Mention] = []
    start = 0
    for at, token in enumerate(tokens):
        before, after = tokens[start:at], tokens[at + 1 : at + 5]
        family = _family_of(at, tokens, before, items, found)
        if not family:
            continue
        plural = w.singular(token) != token or bool(set(before) & w.ALL_WORDS)
        matching = _narrowed(family, (*before, token) if token in w.COLORS else before, after)
        found.append(Mention(at, matching, family, _preposition(before), plural, count_in(before)))
        start = at + 1
    return found


def _preposition(before: Sequence[str]) -> str:
    """The nearest one; "next to" counts as `next`."""
    known = w.ON | w.IN | w.OFF | w.BESIDE | w.TO
    nearest = next((word for word in reversed(before) if word in known), "")
    return "next" if nearest in w.TO and "next" in before else nearest


def count_in(tokens: Sequence[str]) -> int | None:
    """The first number among the words."""
    return next((w.NUMBERS.get(x) or int(x) for x in tokens if x in w.NUMBERS or x.isdigit()), None)


def _family_of(
    at: int, tokens: Sequence[str], before: Sequence[str], items: Sequence[Item], found: Sequence[Mention]
) -> tuple[Item, ...]:
    """Objects that a word may mean: by their own name before by a synonym, a colour alone last."""
    word = tokens[at]
    if at == 0:
        return ()  # an instruction begins with a verb or an article
    if word == "one" and found and set(before) & (w.PLACE_WORDS | w.COLORS):
        return found[-1].family
    if word in w.COLORS and at + 1 < len(tokens) and _of_kind(tokens[at + 1], items):
        return ()
    family = _of_kind(word, items)
    if not family and word in w.COLORS:
        family = tuple(item for item in items if item.color == word)
    return family


def _of_kind(word: str, items: Sequence[Item]) -> tuple[Item, ...]:
    own = tuple(item for item in items if w.named_kind(word, item.kind))
    return own or tuple(item for item in items if w.same_kind(word, item.kind))


def _narrowed(family: tuple[Item, ...], before: Sequence[str], after: Sequence[str]) -> tuple[Item, ...]:
    colors = {("gray" if word == "grey" else word) for word in before if word in w.COLORS}
    matching = tuple(item for item in family if item.color in colors) if colors else family
    matching = matching or family
    place = [word for word in before if word in w.PLACE_WORDS]
    if "on" in after[:1] and len(after) > 2 and after[1] == "the":
        place += [word for word in after[2:3] if word in w.PLACE_WORDS]
    for word in place:
        matching = _placed(matching, word)
    return matching


def _placed(items: tuple[Item, ...], word: str) -> tuple[Item, ...]:
    """The ones of the items that a word of place picks; left is +y, near is -x."""
    if len(items) < 2:
        return items
    keys: tuple[tuple[frozenset[str], Callable[[Item], float]], ...] = (
        (w.LEFT, lambda item: -item.y),
        (w.RIGHT, lambda item: item.y),
        (w.BACK | w.FAR, lambda item: -item.x),
        (w.FRONT, lambda item: item.x),
        (w.BIG, lambda item: -item.area),
        (w.SMALL, lambda item: item.area),
    )
    if word in w.MIDDLE:
        by_y = sorted(items, key=lambda item: item.y)
        return (by_y[len(by_y) // 2],)
    for group, key in keys:
        if word in group:
            return (min(items, key=key),)
    return items
