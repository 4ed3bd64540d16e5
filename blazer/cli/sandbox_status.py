"""`blazer sandbox status`: what each tier proves here, by starting a guest of each."""

from __future__ import annotations

import asyncio
import contextlib

from rich.text import Text

from blazer.cli.output import JSON_OPTION, make_table, out, print_json
from blazer.core.errors import SandboxError
from blazer.core.records import Record
from blazer.sandbox.image.make import REPOSITORY
from blazer.sandbox.image.stock import Stock, stock
from blazer.sandbox.limits import Limits
from blazer.sandbox.sandbox import make_tier

TIERS = ("docker", "runsc", "process")


class TierStatus(Record):
    """One tier on this machine."""

    tier: str
    available: bool
    why_not: str = ""
    promises: dict[str, bool] = {}
    """As a guest attested at its start."""
    images: int = 0
    """How many images `blazer sandbox build` made are there."""
    images_mb: float = 0.0
    """Of all of them, what they share counted each time."""


def command(as_json: bool = JSON_OPTION) -> None:
    """What each sandbox tier can promise here."""
    found = [asyncio.run(_examine(tier)) for tier in TIERS]
    if as_json:
        print_json(found)
        return
    table = make_table("tier", "", "")
    table.show_header = False
    for item in found:
        if not item.available:
            table.add_row(item.tier, Text("no", "yellow"), Text(item.why_not))
            continue
        kept = ", ".join(name for name, proved in item.promises.items() if proved)
        missing = ", ".join(name for name, proved in item.promises.items() if not proved)
        text = Text(kept)
        if item.images:
            text.append(
                f"\n{item.images} images, {item.images_mb:.0f} MB (what they share counted each time)"
            )
        if missing:
            text.append(f"\nnot, and not insisted on: {missing}", style="yellow")
        table.add_row(item.tier, Text("yes", "green"), text)
    out().print(table)


async def _examine(name: str) -> TierStatus:
    tier = make_tier(name, Limits())
    try:
        await tier.open()
        guest = await tier.start_guest()
        await guest.kill()
    except SandboxError as error:
        return TierStatus(tier=name, available=False, why_not=" ".join(str(error).split()))
    finally:
        await tier.close()
    images = _stock() if name == "docker" else Stock(0, 0.0)
    return TierStatus(
        tier=name,
        available=True,
        promises=guest.isolation.promises,
        images=images.number,
        images_mb=round(images.size_mb, 1),
    )


def _stock() -> Stock:
    from blazer.sandbox.docker_client import connect  # noqa: PLC0415  (the SDK is heavy)

    with contextlib.closing(connect()) as client:
        return stock(client, REPOSITORY)
