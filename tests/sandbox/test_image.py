"""Which images are built, which are kept and which are removed; against a daemon that only pretends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.image import make
from blazer.sandbox.image.make import ImageTags, build_image
from blazer.sandbox.image.stock import BASE_LABEL, VERSION_LABEL, remove_old, stock

docker_client = pytest.importorskip("blazer.sandbox.docker_client")
errors = pytest.importorskip("docker.errors")

NOW = ImageTags("blazer-sandbox:guest-1", "blazer-sandbox:world-1")


class Daemon:
    """Has images and containers, and remembers what was removed from it."""

    def __init__(self) -> None:
        self.images, self.containers = self, SimpleNamespace(list=lambda **_: self.running)
        self.there: list[Any] = []
        self.running: list[Any] = []
        self.removed: list[str] = []

    def add(self, tag: str, created: str, *, base: str = "base:1", ours: bool = True) -> None:
        """One more image."""
        attrs = {"Created": created, "Size": 2_000_000}
        labels = {VERSION_LABEL: "1", BASE_LABEL: base} if ours else {}
        self.there.append(SimpleNamespace(id=f"id-{tag}", tags=[tag], attrs=attrs, labels=labels))

    def get(self, tag: str) -> Any:
        """As the SDK's."""
        for image in self.there:
            if tag in image.tags:
                return image
        raise errors.ImageNotFound(tag)

    def list(self, filters: dict[str, Any], name: str | None = None) -> list[Any]:
        """As the SDK's."""
        assert filters["label"] == VERSION_LABEL
        ours = [image for image in self.there if VERSION_LABEL in image.labels]
        if filters.get("dangling"):
            return [image for image in ours if not image.tags]
        return [image for image in ours if image.tags and image.tags[0].startswith(f"{name}:")]

    def remove(self, tag: str) -> None:
        """As the SDK's."""
        self.removed.append(tag)

    def pull(self, tag: str) -> None:
        """There is no network."""
        raise errors.APIError("500 Server Error for http+docker://x", explanation=f"no route to {tag}")

    def close(self) -> None:
        """As the SDK's."""


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Daemon:
    """With the images of now and two older builds, and some of others."""
    made = Daemon()
    for build, day in (("1", "2026-01-03"), ("2", "2026-01-02"), ("3", "2026-01-01"), ("4", "2025-01-01")):
        made.add(f"blazer-sandbox:guest-{build}", day)
        made.add(f"blazer-sandbox:world-{build}", day)
    made.add("blazer-sandbox:guest-mine", "2020-01-01", ours=False)
    made.add("postgres:17", "2020-01-01", ours=False)
    monkeypatch.setattr(docker_client, "connect", lambda: made)
    monkeypatch.setattr(make, "image_tags", lambda: NOW)
    monkeypatch.delenv("BLAZER_BASE_IMAGE", raising=False)
    return made


def test_the_current_build_and_the_one_before_stay(daemon: Daemon) -> None:
    removed = remove_old(daemon, "blazer-sandbox", NOW)
    assert removed == daemon.removed
    assert set(removed) == {f"blazer-sandbox:{role}-{build}" for role in ("guest", "world") for build in "34"}


def test_what_a_container_uses_stays(daemon: Daemon) -> None:
    daemon.running = [SimpleNamespace(attrs={"Image": "id-blazer-sandbox:guest-4"})]
    assert "blazer-sandbox:guest-4" not in remove_old(daemon, "blazer-sandbox", NOW)


def test_what_lost_its_tag_goes(daemon: Daemon) -> None:
    lost = SimpleNamespace(id="sha256:12", tags=[], attrs={}, labels={VERSION_LABEL: "1"})
    foreign = SimpleNamespace(id="sha256:34", tags=[], attrs={}, labels={})
    daemon.there += [lost, foreign]
    removed = remove_old(daemon, "blazer-sandbox", NOW)
    assert "sha256:12" in removed
    assert "sha256:34" not in removed


def test_only_our_images_are_counted(daemon: Daemon) -> None:
    assert stock(daemon, "blazer-sandbox") == (8, 16.0)


def test_an_image_of_the_base_asked_for_is_up_to_date(daemon: Daemon) -> None:
    said: list[str] = []
    assert build_image("base:1", report=said.append) == NOW
    assert said[0] == "blazer-sandbox:guest-1 is up to date"
    assert said[1].startswith("removed 4 images of older builds: ")


def test_where_no_base_is_asked_for_any_will_do(daemon: Daemon) -> None:
    said: list[str] = []
    build_image(report=said.append)
    assert said[0] == "blazer-sandbox:guest-1 is up to date (base base:1)"


@pytest.mark.parametrize("by_environment", [False, True])
def test_another_base_is_built_from_or_refused(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, by_environment: bool
) -> None:
    if by_environment:
        monkeypatch.setenv("BLAZER_BASE_IMAGE", "nonexist:1")
    with pytest.raises(SandboxUnavailable) as caught:
        build_image(None if by_environment else "nonexist:1")
    assert str(caught.value) == (
        "the base image nonexist:1 is not there and cannot be pulled (no route to nonexist:1); "
        "set BLAZER_BASE_IMAGE to an image with Python and pip"
    )
    assert not daemon.removed
    assert build_image("nonexist:1", keep=True) == NOW
