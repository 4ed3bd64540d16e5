"""The tables of the comparison, as they go into the documents."""

from __future__ import annotations

from blazer.eval.peers.records import PROMISES, PeerRow, Promise
from blazer.eval.peers.table import markdown


def row(name: str, kept: bool | None, **fields: object) -> PeerRow:
    promises = tuple(Promise(name=key, kept=kept, seen=f"saw {key}") for key in PROMISES)
    given = {"measured": True, "version": "1.2", "cold_ms_p50": 1234.5, "promises": promises} | fields
    return PeerRow.model_validate({"name": name, **given})


def test_every_promise_has_a_line_and_every_line_the_same_columns() -> None:
    text = markdown([row("good", True), row("bad", False), row("unknown", None)])
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count(" | ") for line in lines if "---" not in line} == {3}
    for meaning in PROMISES.values():
        assert f"| {meaning} | yes | no | ? |" in lines


def test_a_broken_promise_says_what_was_seen() -> None:
    text = markdown([row("good", True), row("bad", False)])
    assert "saw not_root" in text.partition("**bad**")[2]
    assert "saw" not in text.partition("**good**")[2].partition("**bad**")[0]


def test_what_was_not_measured_has_a_reason_and_no_number() -> None:
    text = markdown([row("good", True), PeerRow(name="absent", measured=False, reason="no compose")])
    assert "**absent**: not measured: no compose" in text
    assert "absent" not in text.partition("**good**")[0]


def test_a_missing_figure_is_a_dash_and_a_bar_in_a_text_breaks_no_table() -> None:
    text = markdown([row("a | b", True, warm_ms_p50=0.4)])
    assert "a \\| b" in text
    assert "| further program, p50 [ms] | 0.4 |" in text
    assert "| closing it, p50 [ms] | - |" in text
