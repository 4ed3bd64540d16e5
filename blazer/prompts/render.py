"""Templates to text, and the world to the text that models read.

Not the place where messages are put together (`blazer.prompts.messages`). A template that lacks
a value is an error, never an empty string. The digest names the template's source, not the
rendered text: equal digests mean that the wording was the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from blazer.core.digest import text_digest
from blazer.core.errors import UnknownNameError, UsageError
from blazer.core.records import ObjectState, WorldState

TEMPLATE_DIR = Path(__file__).parent / "templates"
SUFFIX = ".md.j2"


class PromptError(UsageError):
    """A template was given too few values, or its text is broken."""


class Rendered(NamedTuple):
    """A rendered template.

    Attributes:
        text: What the model reads.
        digest: Of the template's source.
    """

    text: str
    digest: str


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE_DIR),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  (plain text for a model, not HTML)
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template_names() -> tuple[str, ...]:
    """Names that `render` knows, sorted."""
    return tuple(sorted(path.name.removesuffix(SUFFIX) for path in TEMPLATE_DIR.glob(f"*{SUFFIX}")))


@lru_cache(maxsize=64)
def template_digest(name: str) -> str:
    """Digest of the source of the template called `name`.

    Raises:
        UnknownNameError: with the names that exist.
    """
    path = TEMPLATE_DIR / f"{name}{SUFFIX}"
    if name not in template_names():
        raise UnknownNameError("prompt template", name, template_names())
    return text_digest(path.read_text(encoding="utf-8"))


def render(name: str, **values: Any) -> Rendered:
    """Fill the template called `name`.

    Raises:
        UnknownNameError: with the names that exist.
        PromptError: if the template uses a value that was not given.
    """
    digest = template_digest(name)
    try:
        text = _environment().get_template(f"{name}{SUFFIX}").render(**values)
    except jinja2.TemplateError as error:
        raise PromptError(f"prompt template {name!r}: {error}; given: {', '.join(sorted(values))}") from None
    return Rendered(text.strip(), digest)


def _number(value: float) -> str:
    """Four decimals (a tenth of a millimetre), without a minus on zero."""
    text = f"{value:.4f}"
    return text.lstrip("-") if float(text) == 0.0 else text


def _triple(values: Iterable[float], separator: str) -> str:
    return separator.join(_number(value) for value in values)


def object_title(item: ObjectState) -> str:
    """Colour, kind and name, in that order: `red jar jar0`."""
    return " ".join(word for word in (item.color, item.kind, item.name) if word)


def state_text(world: WorldState, names: Iterable[str] | None = None) -> str:
    """The world as models read it: one line an object, then the gripper.

    Args:
        world: The world.
        names: The objects to show, in this order; all of them when None.

    Raises:
        KeyError: if a name is not in the world.
    """
    objects = world.objects if names is None else tuple(world.object(name) for name in names)
    rows = [
        {
            "title": object_title(item),
            "position": _triple(item.position_m, ", "),
            "yaw": _number(item.yaw_rad),
            "size": _triple(item.size_m, " x "),
        }
        for item in objects
    ]
    hand = world.gripper
    gripper = {
        "position": _triple(hand.position_m, ", "),
        "yaw": _number(hand.yaw_rad),
        "opening": _number(hand.opening_m),
        "holding": hand.holding or "nothing",
    }
    return render("state", objects=rows, gripper=gripper).text
