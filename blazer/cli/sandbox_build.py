"""`blazer sandbox build`: the images of the Docker tier, for this version of Blazer."""

from __future__ import annotations

import typer

from blazer.cli.output import JSON_OPTION, err, out, print_json, say
from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.image.make import build_image


def command(
    base: str = typer.Option(
        "", "--base", help="Base image with Python and pip.  [BLAZER_BASE_IMAGE, or python:3.X-slim]"
    ),
    if_available: bool = typer.Option(
        False,
        "--if-available",
        help="Be content with an image of any base; where none can be built, say why and end with 0.",
    ),
    as_json: bool = JSON_OPTION,
) -> None:
    """Build the sandbox image."""
    console = err()
    try:
        tags = build_image(
            base or None, keep=if_available, report=lambda text: say(console, text, style="dim")
        )
    except SandboxUnavailable as error:
        if not if_available:
            raise
        say(console, f"no sandbox image: {error}", style="yellow")
        if as_json:
            print_json(None)
        return
    if as_json:
        print_json(tags._asdict())
    else:
        say(out(), f"sandbox images: {tags.guest}, {tags.world}")
