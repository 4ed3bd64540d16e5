"""Programs as they are really written are accepted: at least 99.5 of 100."""

from __future__ import annotations

from blazer.eval.acceptance import acceptance, assemble


def test_realistic_programs_are_accepted() -> None:
    found = acceptance(seeds=8)
    assert found.programs >= 1000
    assert found.rate >= 0.995, str(found)


def test_programs_put_together_differ() -> None:
    assert len(set(assemble(300))) > 290
