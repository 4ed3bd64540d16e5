"""From the words of an instruction and the objects of the state to what shall happen.

It works by vocabulary alone: verbs, kinds with their synonyms, colours, counts, and words of
place. What it does not understand it turns into "put the likeliest thing on the likeliest place",
as a model that must answer would.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from blazer.agents.scripted import words as w
from blazer.agents.scripted.nouns import Mention, count_in, mentions_in
from blazer.agents.scripted.reading import Item

GRASPABLE_M = 0.078
"""Narrower than the open gripper, with room for the pads."""


class Action(StrEnum):
    """What is to be done with the things."""

    PUT_ON = "put_on"
    PUT_IN = "put_in"
    THREAD = "thread"
    """A ring over a peg."""
    CLOSE = "close"
    """A lid onto its vessel."""
    STACK = "stack"
    UNSCREW = "unscrew"
    TAKE_OFF = "take_off"
    """From a thing to the free table beside it."""


class Task(NamedTuple):
    """What the instruction was understood to mean.

    Attributes:
        action: What to do.
        things: What to move, in order.
        goal: Where to; None where the place is the table.
        number: How many of the things.
        rivals: Objects that could be taken for one of the things.
        goal_rivals: Objects that could be taken for the goal.
    """

    action: Action
    things: tuple[Item, ...]
    goal: Item | None
    number: int
    rivals: tuple[Item, ...] = ()
    goal_rivals: tuple[Item, ...] = ()


class _Family(NamedTuple):
    """Shape words that decide between `on` and `in`."""

    hollow: frozenset[str] = w.word_set("bin tray container basket bowl box hoop net crate")
    lids: frozenset[str] = w.word_set("lid cap cover")
    vessels: frozenset[str] = w.word_set("jar pot bottle can")
    pegs: frozenset[str] = w.word_set("spoke peg pillar pole post column")
    rings: frozenset[str] = w.word_set("ring loop")
    pads: frozenset[str] = w.word_set("target pad square patch mat stand")


FAMILY = _Family()


def is_a(item: Item, family: frozenset[str]) -> bool:
    """Whether the item's kind is one of these words."""
    return any(word in family for word in w.words_of(item.kind))


def graspable(item: Item) -> bool:
    """Whether it looks as if the gripper could take it: narrow enough, and not a flat mark."""
    return min(item.length, item.width) <= GRASPABLE_M and item.height > 0.006 and not is_a(item, FAMILY.pads)


def understand(instruction: str, items: Sequence[Item]) -> Task | None:
    """What to do; None if there is nothing that could be done anything with."""
    if not items:
        return None
    tokens = w.words_of(instruction)
    mentions = mentions_in(tokens, items)
    stem = {w.singular(token) for token in tokens} | set(tokens)
    task: Task | None
    if _screwed_on(items) and stem & (w.UNSCREW | w.OPEN):
        task = _unscrew(mentions, items)
    elif _vessel_with_lid(mentions, items) and stem & w.CLOSE:
        task = _close(mentions, items)
    elif stem & w.STACK or {"top", "other"} <= stem:
        task = _stack(mentions, items, tokens)
    else:
        task = _put(mentions, items, stem)
    return task if task and task.things else None


def _closest(things: Sequence[Item], places: tuple[Item, ...]) -> Item:
    """Of the places, the nearest one to the first of the things."""
    thing = things[0]
    return min(places, key=lambda place: math.hypot(place.x - thing.x, place.y - thing.y))


# --- verbs ---------------------------------------------------------------------------------------


def _screwed_on(items: Sequence[Item]) -> bool:
    """Whether a cap sits on a vessel."""
    return any(
        math.hypot(cap.x - vessel.x, cap.y - vessel.y) < 0.02 and cap.z > vessel.z
        for cap in _caps(items)
        for vessel in items
        if is_a(vessel, FAMILY.vessels)
    )


def _caps(items: Sequence[Item]) -> tuple[Item, ...]:
    return tuple(item for item in items if is_a(item, FAMILY.lids))


def _vessel_with_lid(mentions: Sequence[Mention], items: Sequence[Item]) -> bool:
    vessel = any(is_a(item, FAMILY.vessels) for mention in mentions for item in mention.items)
    return vessel and bool(_caps(items))


def _unscrew(mentions: Sequence[Mention], items: Sequence[Item]) -> Task:
    caps = _caps(items)
    bottles = [i for m in mentions for i in m.items if not is_a(i, FAMILY.lids)] or [
        item for item in items if is_a(item, FAMILY.vessels)
    ]
    cap = _closest(bottles, caps) if bottles and caps else (caps or tuple(items))[0]
    return Task(Action.UNSCREW, (cap,), bottles[0] if bottles else None, 1, _others(caps, cap))


def _close(mentions: Sequence[Mention], items: Sequence[Item]) -> Task:
    lids = tuple(i for i in _caps(items) if graspable(i)) or _caps(items)
    vessels = [m for m in mentions if any(is_a(i, FAMILY.vessels) for i in m.items)]
    # The mention that narrows most is the one that was meant.
    best = min(vessels, key=lambda m: len(m.items))
    goal = next(i for i in best.items if is_a(i, FAMILY.vessels))
    return Task(Action.CLOSE, lids[:1], goal, 1, lids[1:], _others(best.family, goal))


def _stack(mentions: Sequence[Mention], items: Sequence[Item], tokens: Sequence[str]) -> Task | None:
    movable = [m for m in mentions if any(graspable(i) for i in m.items)]
    if not movable:
        return None
    what = min(movable, key=lambda m: (len(m.items), m.at))
    count = count_in(tokens) or len(what.items)
    pads = tuple(item for item in items if is_a(item, FAMILY.pads))
    things = tuple(
        sorted(what.items, key=lambda i: math.hypot(i.x - pads[0].x, i.y - pads[0].y) if pads else 0.0)
    )
    rivals = tuple(item for item in what.family if item not in what.items)
    goal = pads[0] if pads else None
    return Task(Action.STACK, things[:count], goal, min(count, len(things)), rivals, pads[1:])


def _put(mentions: Sequence[Mention], items: Sequence[Item], stem: set[str]) -> Task | None:
    source = _source_of(mentions)
    things = _things(mentions, items, source)
    if things is None:
        return None
    moved, rivals = things
    goal, goal_rivals = _goal(mentions, items, moved, source, stem)
    everything = stem & (w.EMPTY | w.ALL_WORDS)
    if not everything and not any(m.plural and set(moved) <= set(m.items) for m in mentions):
        rivals = (*rivals, *moved[1:])
        moved = moved[:1]
    if goal is None:
        return Task(Action.TAKE_OFF, moved, source, len(moved), rivals)
    action = Action.PUT_IN if is_a(goal, FAMILY.hollow) else Action.PUT_ON
    if is_a(goal, FAMILY.pegs) and is_a(moved[0], FAMILY.rings):
        action = Action.THREAD
    return Task(action, moved, goal, len(moved), rivals, goal_rivals)


def _source_of(mentions: Sequence[Mention]) -> Item | None:
    """What things are taken off or out of, or put beside."""
    for mention in mentions:
        if mention.preposition in w.OFF | w.BESIDE and not graspable(mention.items[0]):
            return mention.items[0]
    return None


def _things(
    mentions: Sequence[Mention], items: Sequence[Item], source: Item | None
) -> tuple[tuple[Item, ...], tuple[Item, ...]] | None:
    """What is to be moved, and what could be mistaken for it."""
    for mention in mentions:
        takeable = tuple(item for item in mention.items if graspable(item))
        if takeable and mention.preposition not in w.ON | w.IN:
            return takeable, tuple(i for i in mention.family if i not in takeable and graspable(i))
    loose = tuple(
        item for item in items if graspable(item) and item is not source and not is_a(item, FAMILY.hollow)
    )
    return (loose, ()) if loose else None


def _goal(
    mentions: Sequence[Mention],
    items: Sequence[Item],
    moved: tuple[Item, ...],
    source: Item | None,
    stem: set[str],
) -> tuple[Item | None, tuple[Item, ...]]:
    """Where the things go, and what could be mistaken for it."""
    aside = w.OFF | w.BESIDE
    directed = [m for m in mentions if m.preposition in w.ON | w.IN | w.TO]
    others = [m for m in mentions if m.preposition not in w.ON | w.IN | w.TO | aside]
    for mention in (*directed, *sorted(others, key=lambda m: len(m.items))):
        places = tuple(
            i for i in mention.items if i not in moved and i is not source and not _holds(i, moved)
        )
        if not places:
            continue
        goal = _closest(moved, places)
        return goal, _others(tuple(i for i in mention.family if i not in moved and i is not source), goal)
    if source is not None or stem & w.BESIDE:
        return None, ()
    hollow = tuple(item for item in items if is_a(item, FAMILY.hollow | FAMILY.pads))
    return (hollow[0], hollow[1:]) if hollow else (None, ())


def _holds(place: Item, things: Sequence[Item]) -> bool:
    """Whether the things are there already."""
    reach = max(place.length, place.width) / 2
    return is_a(place, FAMILY.hollow) and all(
        math.hypot(thing.x - place.x, thing.y - place.y) < reach for thing in things
    )


def _others(items: Sequence[Item], one: Item) -> tuple[Item, ...]:
    return tuple(item for item in items if item != one)
