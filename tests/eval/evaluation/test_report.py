"""The report says what the record says, loads nothing, and no text lies on another."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from blazer.core.outcomes import Outcome
from blazer.eval.evaluation import pictures
from blazer.eval.evaluation.compare import compare
from blazer.eval.evaluation.document import Section, Table, table_markdown, to_html, to_markdown
from blazer.eval.evaluation.episodes import EpisodeResult, RunEpisodes
from blazer.eval.evaluation.evaluate import groups_of
from blazer.eval.evaluation.published import COLUMNS, PUBLISHED
from blazer.eval.evaluation.report import CurvePoint, write_report
from blazer.eval.evaluation.result import Difference, Evaluation
from blazer.eval.evaluation.running import ModelRun
from blazer.eval.evaluation.scoring import score_model
from blazer.eval.evaluation.settings import EvalModel, EvalSettings
from blazer.eval.evaluation.texts import difference_text, p_text, percent, points
from blazer.tasks.library import task_names
from tests.eval.evaluation.fakes import START, card, data, episode

pytest.importorskip("matplotlib", reason="pictures need the extra `data`")

NAMES = ("teacher", "teacher+repair", "base", "sft", "dpo")
FAILED = tuple(o for o in pictures.OUTCOME_COLORS if o is not Outcome.SUCCESS)


def evaluation(tasks: tuple[str, ...], names: tuple[str, ...] = NAMES, seeds: int = 20) -> Evaluation:
    """Every model fails in every way somewhere, the later ones less often."""
    models = tuple(EvalModel(name=n, spec="scripted" if "teacher" in n else f"hf:models/{n}") for n in names)
    settings = EvalSettings(models=models, tasks=tasks, seeds=(START, START + seeds), resamples=100)
    groups = groups_of(tasks)
    episodes: dict[str, tuple[EpisodeResult, ...]] = {}
    for rank, name in enumerate(names):
        episodes[name] = tuple(
            episode(task, START + i, _fate(place, i, rank))
            for place, task in enumerate(tasks)
            for i in range(seeds)
        )
    results = tuple(
        score_model(
            settings,
            model,
            ModelRun(f"{model.name}-0", RunEpisodes(episodes[model.name], (), 0), 60.0),
            groups,
            None if model.built_in else card(data("put_block")),
            "not trained",
        )
        for model in models
    )
    comparisons = tuple(
        compare(one, other, episodes, tasks, groups=groups, resamples=100) for one, other in settings.pairs
    )
    return Evaluation(
        settings=settings, models=results, comparisons=comparisons, task_digests={}, groups=groups,
        created_at="2026-01-01T00:00:00+00:00", versions={"blazer": "0"}, notes=("A <note> & more.",),
    )  # fmt: skip


def _fate(place: int, seed: int, rank: int) -> Outcome:
    number = 7 * place + 3 * seed
    return FAILED[number % len(FAILED)] if number % (rank + 2) == 0 else Outcome.SUCCESS


CURVE = [
    CurvePoint(
        round=r, name=name, success_strict=rate, ci_low=rate - 0.05, ci_high=min(1.0, rate + 0.05), n=900
    )
    for name, rates in (("sft", (0.86, 0.9, 0.93)), ("dpo", (0.88, 0.95, 1.0)))
    for r, rate in enumerate(rates, 1)
]


class _Reader(HTMLParser):
    """Collects what an HTML file would load, and whether its tags close."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.cells: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [
            value or "" for name, value in attrs if name in ("src", "href", "action", "srcset", "data")
        ]
        assert tag not in ("script", "link", "iframe", "object", "form")
        if tag == "tr":
            self.cells.append(0)
        if tag in ("td", "th"):
            self.cells[-1] += 1
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report")
    write_report(evaluation(task_names("train") + task_names("ood")), out, CURVE)
    return out


def test_the_html_is_whole_and_loads_nothing(report: Path) -> None:
    text = (report / "report.html").read_text(encoding="utf-8")
    reader = _Reader()
    reader.feed(text)
    assert reader.open == []
    assert len(reader.loads) == 3 and all(url.startswith("data:image/png;base64,") for url in reader.loads)
    assert "default-src 'none'" in text
    visible = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", text)
    assert not re.search(r"https?://|//[a-z]|url\(|@import", visible)
    assert "A &lt;note&gt; &amp; more." in text
    assert min(reader.cells) > 1


def test_the_markdown_tables_are_straight_and_pictures_are_there(report: Path) -> None:
    text = (report / "report.md").read_text(encoding="utf-8")
    width = 0
    for line in text.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not width or not cells or cells == width, line
        width = cells
    for name in re.findall(r"!\[.*?\]\((.*?)\)", text):
        assert (report / name).read_bytes().startswith(b"\x89PNG")
    for task in (*task_names("train"), *task_names("ood")):
        assert f"| {task} |" in text


def test_published_figures_are_apart_and_marked(report: Path) -> None:
    text = (report / "report.md").read_text(encoding="utf-8")
    sections = {part.splitlines()[0]: part for part in text.split("\n## ")}
    (theirs,) = (part for title, part in sections.items() if title.startswith("Published"))
    assert "theirs: RLBench, another simulator" in theirs.splitlines()[0]
    assert "arXiv:2510.08572" in theirs
    for title, part in sections.items():
        assert title.startswith("Published") or not any(name in part for name in COLUMNS)
    for name in NAMES:
        assert f"| {name} |" not in theirs


def test_published_averages_are_those_of_the_tasks() -> None:
    *rows, average = PUBLISHED
    assert {row.ours for row in rows} == set(task_names("train"))
    for column in range(len(COLUMNS)):
        mean = sum(row.percents[column] for row in rows) / len(rows)
        assert average.percents[column] == pytest.approx(mean, abs=0.051)


def test_figures_of_the_report_are_those_of_the_record(report: Path) -> None:
    found = evaluation(task_names("train") + task_names("ood"))
    text = (report / "report.md").read_text(encoding="utf-8")
    for model in found.models:
        assert f"{100 * model.success_strict:.1f} (" in text
    for compared in found.comparisons:
        line = next(
            x
            for x in text.splitlines()
            if x.startswith(f"| {compared.second} minus {compared.first} | strict |")
        )
        assert difference_text(compared.strict) in line


def _texts_of(figure: Any) -> list[tuple[str, Any]]:
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    found = []
    for axis in figure.axes:
        texts = [*axis.get_xticklabels(), *axis.get_yticklabels(), *axis.texts]
        texts += [axis.xaxis.label, axis.yaxis.label, axis.title]
        found += [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_text()]
    for legend in figure.legends:
        found += [(text.get_text(), text.get_window_extent(renderer)) for text in legend.get_texts()]
    return found


@pytest.mark.parametrize("tasks", [("put_block",), task_names("train") + task_names("ood")], ids=len)
@pytest.mark.parametrize(
    "names", [("a",), NAMES, tuple(f"a-model-with-a-long-name-number-{i}" for i in range(8))], ids=len
)
def test_no_text_of_a_picture_lies_on_another_or_outside(
    tasks: tuple[str, ...], names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    figures = []

    def keep(pyplot: Any, figure: Any, path: Path) -> None:
        figures.append((path.stem, figure, _texts_of(figure), figure.bbox))
        pyplot.close(figure)

    monkeypatch.setattr(pictures, "_save", keep)
    found = evaluation(tasks, names, seeds=6)
    pictures.plot_success(found, tmp_path / "success.png")
    pictures.plot_failures(found, tmp_path / "failures.png")
    pictures.plot_curve(CURVE, tmp_path / "curve.png")
    for name, _, texts, page in figures:
        assert len(texts) > 5
        for index, (text, box) in enumerate(texts):
            inside = page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
            assert inside, f"{name}: {text!r} is cut off"
            for other, place in texts[:index]:
                assert not box.overlaps(place), f"{name}: {text!r} lies on {other!r}"


def test_every_decided_outcome_has_its_own_colour() -> None:
    from blazer.core.outcomes import OUTCOME_TABLE  # noqa: PLC0415

    assert set(pictures.OUTCOME_COLORS) == {outcome for outcome, use in OUTCOME_TABLE.items() if use.decided}
    assert len(set(pictures.OUTCOME_COLORS.values())) == len(pictures.OUTCOME_COLORS)


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0.0, "0.0"), (1.0, "100.0"), (0.9999, ">99.9"), (0.9996, ">99.9"), (0.0001, "<0.1"), (0.123, "12.3")],
)
def test_0_and_100_only_where_nothing_is_missing(rate: float, text: str) -> None:
    assert percent(rate) == text


def test_differences_and_p_values() -> None:
    values = {"first": 0.5, "second": 0.6, "n": 9, "only_first": 1, "only_second": 2, "p_value": 1.0}
    found = Difference(difference=0.1, low=-0.00001, high=0.25, **values)
    assert difference_text(found) == "+10.0 (0.0 to +25.0)"
    assert [points(value) for value in (-0.1, 0.0, 0.0004)] == ["-10.0", "0.0", "0.0"]
    assert [p_text(value) for value in (1.0, 0.049, 0.004, 1e-9)] == ["1.000", "0.049", "0.0040", "< 0.0001"]


def test_markup_in_cells_stays_text() -> None:
    table = Table(("a", "b"), (("x|y", "<b>z</b>"),), frozenset({0}))
    assert table_markdown(table).splitlines()[2] == "| **x\\|y** | **<b>z</b>** |"
    html = to_html("t", "l", [Section("s", (table,))])
    assert "&lt;b&gt;z" in html and "<b>" not in html
    assert to_markdown("t", "l", [Section("s", ("text",))]) == "# t\n\nl\n\n## s\n\ntext\n"
