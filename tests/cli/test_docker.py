"""The Docker tier through the command line; needs a daemon and the image, or a base to build it from."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Blazer

pytestmark = pytest.mark.docker
SMALL = ("--tasks", "put_block", "--seeds", "0:2")


def test_traces_of_the_docker_tier_hold_in_the_process_tier(blazer: Blazer) -> None:
    built = blazer("sandbox", "build", "--json")
    assert built.code == 0, built.err
    assert {"guest", "world"} == set(built.json)
    tiers = {item["tier"]: item for item in blazer("sandbox", "status", "--json").json}
    assert tiers["docker"]["available"] and tiers["docker"]["promises"]["network_none"]
    assert blazer("collect", *SMALL, "--tier", "docker").code == 0
    rows = blazer("traces", "list", "--json").json
    assert {row["tier"] for row in rows if row["outcome"] != "format_fault"} == {"docker"}
    again = blazer("verify", "--tier", "process", "--json")
    assert again.code == 0, again.json
    assert again.json["all_agree"]


def test_auto_takes_docker_where_it_works(blazer: Blazer) -> None:
    assert blazer("sandbox", "build").code == 0
    answer = blazer("run-program", "@reference", "--task", "put_block", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["execution"]["isolation"]["tier"] == "docker"
