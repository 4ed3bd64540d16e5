"""`blazer sandbox status`: what each tier proves here, by starting a guest of each."""

from __future__ import annotations

import asyncio

from rich.text import Text

from blazer.cli.output import JSON_OPTION, make_table, out, print_json
from blazer.core.errors import SandboxError
from blazer.core.records import Record
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
        if missing:
            text.append(f"\nnot: {missing}", style="yellow")
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
    return TierStatus(tier=name, available=True, promises=guest.isolation.promises)
