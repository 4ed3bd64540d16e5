"""Builds the sandbox images and says which one belongs to this version of Blazer.

The tag carries the version and a digest of everything that goes in, so a stale image cannot be used
by mistake and an unchanged one is never built twice. Only the trusted rooms that a world needs go
into the world's image, and only the guest's own files into the guest's.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import blazer
from blazer.core.errors import ConfigError
from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.image.stock import BASE_LABEL, VERSION_LABEL, base_of, remove_old
from blazer.version import __version__

REPOSITORY = "blazer-sandbox"
GUEST_PACKAGES = ("RestrictedPython", "numpy")
WORLD_PACKAGES = (
    "numpy",
    "mujoco-core",
    "ompl",
    "pydantic",
    "pydantic-core",
    "annotated-types",
    "typing-extensions",
    "typing-inspection",
    "RestrictedPython",
    "Jinja2",
    "MarkupSafe",
)
WORLD_ROOMS = ("core", "sim", "tasks", "skills", "sandbox")
_PACKAGE = Path(blazer.__file__).parent
_HERE = Path(__file__).parent
_SKIP = {"__pycache__", "reference"}
"""Not copied; the reference programs would be answers lying about in a room that needs none."""


class ImageTags(NamedTuple):
    """The two images of one build."""

    guest: str
    world: str


def default_base() -> str:
    """The base image where none is asked for: the slim Python of the version that runs now."""
    return f"python:{sys.version_info.major}.{sys.version_info.minor}-slim"


def image_tags(suffix: str | None = None) -> ImageTags:
    """The tags that belong to this version of Blazer and its packages, or to a given suffix."""
    suffix = suffix or f"{__version__}-{content_digest()}"
    return ImageTags(f"{REPOSITORY}:guest-{suffix}", f"{REPOSITORY}:world-{suffix}")


def content_digest() -> str:
    """Twelve hex digits over all that goes into the images but the base."""
    total = hashlib.sha256()
    for path in _files():
        total.update(f"{path.relative_to(_PACKAGE)}\0".encode())
        total.update(path.read_bytes())
    for line in (*requirements(GUEST_PACKAGES), *requirements(WORLD_PACKAGES)):
        total.update(line.encode())
    return total.hexdigest()[:12]


def requirements(packages: Iterable[str]) -> list[str]:
    """The packages pinned to what is installed here.

    Raises:
        ConfigError: if one is not installed.
    """
    try:
        return [f"{name}=={importlib.metadata.version(name)}" for name in packages]
    except importlib.metadata.PackageNotFoundError as error:
        raise ConfigError(f"the package {error.name} is missing; install blazer again") from None


def _files() -> list[Path]:
    found = [_PACKAGE / "__init__.py", _PACKAGE / "version.py"]
    for room in WORLD_ROOMS:
        found += [
            path
            for path in (_PACKAGE / room).rglob("*")
            if path.is_file() and not _SKIP & set(path.relative_to(_PACKAGE).parts)
        ]
    return sorted(found)


def build_image(
    base: str | None = None,
    *,
    keep: bool = False,
    report: Callable[[str], None] = lambda text: None,
) -> ImageTags:
    """Build both images unless they are there, then remove those of older builds.

    Where a base is asked for and the images were built from another one, they are built again; to run
    programs, any base will do.

    Args:
        base: Base image with Python of this minor version and pip; else `BLAZER_BASE_IMAGE`.
        keep: Be content with images of this version from any base.
        report: Told what is being done, line by line.

    Returns:
        Their tags.

    Raises:
        SandboxUnavailable: no daemon, no base image, or the build failed; says what to do.
    """
    from blazer.sandbox.docker_client import connect, image_exists  # noqa: PLC0415  (the SDK is heavy)

    tags, asked = image_tags(), base or os.environ.get("BLAZER_BASE_IMAGE")
    base = asked or default_base()
    with contextlib.closing(connect()) as client:
        if image_exists(client, tags.guest) and image_exists(client, tags.world):
            others = {base_of(client, tag) for tag in tags} - {base}
            if keep or not asked or not others:
                report(f"{tags.guest} is up to date" + (f" (base {', '.join(others)})" if others else ""))
                _tidy(client, tags, report)
                return tags
            report(f"{tags.guest} was built from {', '.join(others) or 'another base'}, not {base}")
        _have_base(client, base, report)
        with tempfile.TemporaryDirectory(prefix="blazer-image-") as directory:
            context = Path(directory)
            _fill(context, report)
            for target, tag in (("guest", tags.guest), ("world", tags.world)):
                report(f"building {tag}")
                _build(client, context, base, target, tag)
        _tidy(client, tags, report)
    return tags


def _tidy(client: Any, tags: ImageTags, report: Callable[[str], None]) -> None:
    removed = remove_old(client, REPOSITORY, tags)
    if removed:
        names = sorted({name.removeprefix(f"{REPOSITORY}:") for name in removed})
        report(f"removed {len(removed)} images of older builds: {', '.join(names)}")


def _have_base(client: Any, base: str, report: Callable[[str], None]) -> None:
    from docker.errors import APIError, DockerException  # noqa: PLC0415

    from blazer.sandbox.docker_client import image_exists, said  # noqa: PLC0415

    if not image_exists(client, base):
        report(f"pulling {base}")
        try:
            client.images.pull(base)
        except (APIError, DockerException) as error:
            raise SandboxUnavailable(
                f"the base image {base} is not there and cannot be pulled ({said(error)}); "
                "set BLAZER_BASE_IMAGE to an image with Python and pip"
            ) from None
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = ["python3", "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"]
    try:
        found = client.containers.run(base, command, remove=True, network_mode="none").decode().strip()
    except DockerException as error:
        raise SandboxUnavailable(f"the base image {base} has no python3 with pip: {said(error)}") from None
    if found != wanted:
        raise SandboxUnavailable(
            f"the base image {base} has Python {found}, but the wheels are for {wanted}; "
            f"set BLAZER_BASE_IMAGE to an image with Python {wanted}"
        )


def _fill(context: Path, report: Callable[[str], None]) -> None:
    shutil.copy(_HERE / "Dockerfile", context / "Dockerfile")
    guest, world = requirements(GUEST_PACKAGES), requirements(WORLD_PACKAGES)
    (context / "guest-requirements.txt").write_text("\n".join(guest) + "\n")
    (context / "world-requirements.txt").write_text("\n".join(world) + "\n")
    shutil.copytree(wheels(sorted({*guest, *world}), report), context / "wheels")
    for path in _files():
        target = context / "blazer" / path.relative_to(_PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    shutil.copytree(
        _PACKAGE / "sandbox" / "guest", context / "guest", ignore=shutil.ignore_patterns("__pycache__")
    )
    # Docker's cache goes by times too; equal files are to be equal layers.
    for path in context.rglob("*"):
        os.utime(path, (0, 0))


def wheels(pins: list[str], report: Callable[[str], None]) -> Path:
    """A directory with the wheels of exactly these pins, kept between builds.

    Raises:
        SandboxUnavailable: if pip could not get or build one.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "blazer" / "wheels"
    key = hashlib.sha256("\n".join([platform.machine(), sys.version[:4], *pins]).encode()).hexdigest()[:12]
    ready = cache / key
    if ready.is_dir():
        return ready
    report(f"collecting {len(pins)} wheels")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as part:
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", part, *pins]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise SandboxUnavailable(f"pip could not get the wheels for the image: {done.stderr[-1500:]}")
        Path(part).chmod(0o755)
        if not ready.exists():
            shutil.copytree(part, ready)
    return ready


def _build(client: Any, context: Path, base: str, target: str, tag: str) -> None:
    from docker.errors import BuildError, DockerException  # noqa: PLC0415

    from blazer.sandbox.docker_client import said  # noqa: PLC0415

    try:
        client.images.build(
            path=str(context),
            tag=tag,
            target=target,
            buildargs={"BASE": base},
            rm=True,
            forcerm=True,
            network_mode="none",
            labels={VERSION_LABEL: __version__, BASE_LABEL: base},
        )
    except BuildError as error:
        lines = [str(part.get("stream") or part.get("error") or "") for part in error.build_log]
        raise SandboxUnavailable(f"building {tag} failed: {''.join(lines)[-1500:]}") from None
    except DockerException as error:
        raise SandboxUnavailable(f"building {tag} failed: {said(error)}") from None
