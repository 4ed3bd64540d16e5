"""The document on data says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from blazer.agents.extract import extract_program
from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.core.seeds import EVALUATION_SEED_RANGE, VERIFY_SEED_RANGE
from blazer.training.programs import normalised, similarity
from blazer.training.rows import ROW_TYPES, PairRow
from blazer.training.settings import KINDS, DatasetSettings, Kind

TEXT = (Path(__file__).parents[2] / "docs/data.md").read_text(encoding="utf-8")


def _cells(outcome: Outcome) -> list[str]:
    use = OUTCOME_TABLE[outcome]
    rejected = "only if fragile" if use.sft else "yes" if use.negative else "no"
    kto = {True: "desirable", False: "undesirable", None: "no row"}[use.kto]
    answers = ["yes" if use.sft else "no", rejected, kto, "yes" if use.rl else "no"]
    return [f"`{outcome.value}`", *answers, use.stratum.value if use.stratum else "none"]


def test_the_table_of_outcomes_is_the_codes() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if "|" in line
    ]
    written = [row for row in rows if len(row) == 6 and row[0].startswith("`")]
    assert written == [_cells(outcome) for outcome in Outcome]


def test_the_table_agrees_with_itself() -> None:
    for use in OUTCOME_TABLE.values():
        assert (use.kto is True) == use.sft
        assert (use.kto is False) == use.negative
        assert (use.stratum is not None) == use.decided == use.rl


def test_the_ranges_of_seeds_are_the_codes() -> None:
    for first, stop in (VERIFY_SEED_RANGE, EVALUATION_SEED_RANGE):
        assert f"{first:,} to {stop - 1:,}" in TEXT


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_every_kind_is_a_row(kind: Kind) -> None:
    found = re.search(rf"`{kind}`:\n\n```json\n(.*?)\n```\n", TEXT, re.DOTALL)
    assert found is not None
    row = ROW_TYPES[kind].model_validate_json(found[1])
    assert set(json.loads(found[1])) == set(ROW_TYPES[kind].model_fields)
    if isinstance(row, PairRow):
        one, other = (normalised(extract_program(text).program or "") for text in row.answers())
        assert round(similarity(one, other), 4) == row.similarity


def test_settings_that_it_names_exist() -> None:
    known = set(DatasetSettings.model_fields)
    for name, field in re.findall(r"`(?:--set )?(sft|dpo|kto|rl|balance|split|length)\.(\w+)", TEXT):
        assert name in known
        assert field in type(getattr(DatasetSettings(), name)).model_fields, (name, field)
