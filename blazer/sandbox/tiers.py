"""Tiers by name: which there are, and the one place that makes them."""

from __future__ import annotations

from blazer.core.errors import ConfigError
from blazer.sandbox.limits import Limits
from blazer.sandbox.process_tier import ProcessTier
from blazer.sandbox.processes import Tier


def make_tier(name: str, limits: Limits, image: str | None = None, *, skills: bool = True) -> Tier:
    """The tier called `name`: "docker", "runsc", "process", or the tests' own "none".

    Args:
        name: Its name.
        limits: For its guests.
        image: Tag of the image for the tiers that use one; the one of this version when not given.
        skills: Whether its guests have the skills declared; plain code has none.

    Raises:
        ConfigError: lists the ones that exist.
    """
    if name == "process":
        return ProcessTier(limits, skills=skills)
    if name == "none":
        return ProcessTier(limits, confined=False, skills=skills)
    if name in ("docker", "runsc"):
        # Late: the Docker SDK is heavy, and the other tiers do without it.
        from blazer.sandbox.docker_tier import DockerTier  # noqa: PLC0415

        return DockerTier(limits, image, "runsc" if name == "runsc" else None, skills=skills)
    raise ConfigError(f"unknown tier {name!r}; there are docker, runsc and process")
