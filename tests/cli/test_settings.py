"""Layers of settings: who wins, and that nothing misspelt passes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import Field

from blazer.cli.settings import Layer, env_layers, file_layer, resolve, set_layers
from blazer.core.errors import ConfigError
from blazer.core.fields import fields_at
from blazer.core.records import Record


class Inner(Record):
    model: str = "x"
    patience: int = Field(default=1, ge=0)


class Settings(Record):
    workers: int = 2
    names: tuple[str, ...] = ()
    inner: Inner = Inner()
    roles: dict[str, Inner] = {}
    maybe: Inner | None = None


def test_higher_layers_win_key_by_key(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("workers: 3\ninner:\n  model: from-file\n  patience: 7\n")
    layers = [
        file_layer(path),
        *env_layers(
            {"BLAZER_WORKERS": "4", "BLAZER_INNER__MODEL": "from-env", "HOME": "/", "BLAZER_DEBUG": "1"}
        ),
        *set_layers(["inner.model=from-set"]),
        Layer("--workers", {("workers",): 5}),
    ]
    settings = resolve(Settings, layers)
    assert (settings.workers, settings.inner.model, settings.inner.patience) == (5, "from-set", 7)
    assert resolve(Settings, layers[:1]).workers == 3
    assert resolve(Settings, []).workers == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("s.yaml", "names: [a, b]\nroles: {coder: {model: m}}\n"),
        ("s.toml", 'names = ["a", "b"]\n[roles.coder]\nmodel = "m"\n'),
        ("s.json", json.dumps({"names": ["a", "b"], "roles": {"coder": {"model": "m"}}})),
    ],
)
def test_files_of_three_kinds_say_the_same(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    settings = resolve(Settings, [file_layer(tmp_path / name)])
    assert settings.names == ("a", "b") and settings.roles["coder"].model == "m"


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("")
    assert resolve(Settings, [file_layer(tmp_path / "s.yaml")]) == Settings()


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (
            Layer("run.yaml", {("workrs",): 1}),
            r"unknown setting 'workrs' \(from run.yaml\). Did you mean 'workers'",
        ),
        (
            Layer("e", {("inner", "modle"): 1}),
            "unknown setting 'inner.modle'.*'model'.*Known: model, patience",
        ),
        (Layer("e", {("roles", "coder", "modle"): 1}), "'roles.coder.modle'.*Known: model, patience"),
        (Layer("--workers", {("workers",): "many"}), r"'workers' 'many' \(from --workers\): .*integer"),
        (Layer("e", {("inner", "patience"): -1}), "'inner.patience' -1 .*greater than or equal to 0"),
        (Layer("e", {("inner",): 3}), "'inner' 3"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(layer: Layer, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected) as caught:
        resolve(Settings, [layer])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("s.yaml", "a: [1"),
        ("s.toml", "a ="),
        ("s.json", "{"),
        ("s.yaml", "- a\n"),
        ("s.ini", "x"),
        ("s.yaml", "\x00"),
    ],
)
def test_broken_files_are_one_line(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match="config file") as caught:
        file_layer(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_yaml_reads_seeds_and_names_as_people_mean_them(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(
        "seeds: 0:50\ntime: 1:30\nanswer: no\nflag: true\nn: 12\nx: 1.5e-3\nh: 0x1f\n"
    )
    values = {key[0]: value for key, value in file_layer(tmp_path / "s.yaml").values.items()}
    assert values == {
        "seeds": "0:50",
        "time": "1:30",
        "answer": "no",
        "flag": True,
        "n": 12,
        "x": 0.0015,
        "h": 31,
    }


def test_an_absent_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        file_layer(tmp_path / "none.yaml")


def test_names_below_a_key() -> None:
    assert fields_at(Settings, ("maybe",)) == ["model", "patience"]
    assert fields_at(Settings, ("workers",)) == []
    assert fields_at(Settings, ("nothing", "at", "all")) == []
