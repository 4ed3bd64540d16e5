"""The sandbox images that lie about in the daemon: how many, how large, and removing old ones.

Only images that carry both our repository's name and the label of our build are ever looked at. Each
change of the sources makes images of a new tag, so without this a developer's disk fills up. The pair
before the current one is kept, for the check-out one goes back to; what a container uses stays too.
"""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

VERSION_LABEL = "blazer.version"
BASE_LABEL = "blazer.base"


class Stock(NamedTuple):
    """What there is.

    Attributes:
        number: Images with a tag of ours.
        size_mb: Together; layers that they share are counted each time.
    """

    number: int
    size_mb: float


def stock(client: Any, repository: str) -> Stock:
    """All images of a repository that Blazer built."""
    sizes = {image.id: int(image.attrs.get("Size", 0)) for image in _built(client, repository)}
    return Stock(len(sizes), sum(sizes.values()) / 1e6)


def base_of(client: Any, tag: str) -> str:
    """Which base an image was built from; "" if it does not say."""
    return str(client.images.get(tag).labels.get(BASE_LABEL, ""))


def remove_old(client: Any, repository: str, current: tuple[str, ...]) -> list[str]:
    """Remove all but the current tags and the newest other ones.

    Args:
        client: Of the daemon.
        repository: Whose tags.
        current: Tags that stay.

    Returns:
        The tags, or ids where there was no tag, that were removed.
    """
    from docker.errors import APIError, NotFound  # noqa: PLC0415  (the SDK is heavy)

    used = {
        container.attrs.get("Image") or container.attrs.get("ImageID") for container in _containers(client)
    }
    made: dict[str, str] = {}
    images: dict[str, str] = {}
    for image in _built(client, repository):
        for tag in image.tags:
            if tag.startswith(f"{repository}:") and tag not in current:
                build = _build_of(tag)
                made[build] = max(made.get(build, ""), str(image.attrs.get("Created", "")))
                images[tag] = image.id
    previous = max(made, key=lambda build: made[build], default="")
    removed = []
    for tag, image_id in sorted(images.items()):
        if _build_of(tag) == previous or image_id in used:
            continue
        try:
            client.images.remove(tag)
        except (APIError, NotFound):
            continue  # in use after all, or somebody else was quicker
        removed.append(tag)
    # What lost its tag when it was built again from another base.
    for image in client.images.list(filters={"label": VERSION_LABEL, "dangling": True}):
        if image.id in used:
            continue
        with contextlib.suppress(APIError, NotFound):
            client.images.remove(image.id)
            removed.append(image.id)
    return removed


def _built(client: Any, repository: str) -> list[Any]:
    return list(client.images.list(name=repository, filters={"label": VERSION_LABEL}))


def _containers(client: Any) -> list[Any]:
    return list(client.containers.list(all=True, ignore_removed=True))


def _build_of(tag: str) -> str:
    """What the tags of one build share: `blazer-sandbox:guest-0.1.0-abc` gives `0.1.0-abc`."""
    return tag.rpartition(":")[2].partition("-")[2]
