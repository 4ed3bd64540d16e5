"""`blazer sandbox run`: a program in, a typed result out; what cannot be is said and nothing is run."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from blazer.cli.output import displayed
from blazer.cli.programs import MAX_FILE_BYTES
from blazer.cli.sandbox_run import ALONE, stands_alone
from blazer.core.errors import UsageError
from blazer.core.records import IsolationLevel
from tests.cli.conftest import Answer, Blazer

PROCESS = ("--tier", "process")


def _run(blazer: Blazer, source: str, *options: str) -> Answer:
    Path("p.py").write_text(source)
    return blazer("sandbox", "run", "p.py", *PROCESS, *options)


def test_a_program_and_its_value(blazer: Blazer) -> None:
    answer = _run(
        blazer,
        "print('hello')\nresult = {'sum': sum(inputs['numbers']), 'who': inputs['who']}",
        "--input", "numbers=[1, 2, 3.5]", "--input", 'who="you"', "--json",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    found = answer.json
    assert (found["ok"], found["ending"], found["value"]) == (True, "completed", {"sum": 6.5, "who": "you"})
    assert found["stdout"]["text"] == "hello\n"
    assert found["fault"] is None and found["findings"] == []
    assert found["isolation"]["tier"] == "process" and found["timings"]["wall_s"] > 0


def test_no_skill_is_there(blazer: Blazer) -> None:
    found = _run(blazer, "pick('jar0')", "--json").json
    assert found["ok"] is False and found["ending"] in ("refused", "raised")


@pytest.mark.parametrize(
    ("source", "options", "ending"),
    [
        ("x = 1 / 0", (), "raised"),
        ("import os", (), "refused"),
        ("x = = 1", (), "refused"),
        ("while True:\n    pass", ("--wall-s", "0.3"), "time_out"),
        ("while True:\n    print('x' * 999)", ("--output-stop-kb", "20"), "output_flood"),
        ("x = bytearray(10**9)", ("--memory-mb", "128"), "out_of_memory"),
        ("import os\nos._exit(0)", ("--policy", "off"), "early_exit"),
    ],
)
def test_each_ending_is_told_and_exits_with_1(
    blazer: Blazer, source: str, options: tuple[str, ...], ending: str
) -> None:
    answer = _run(blazer, source, *options, "--json")
    if "off" in options and answer.code == 2:
        pytest.skip(answer.err)  # this machine's process tier does not prove enough
    assert (answer.code, answer.json["ending"], answer.json["ok"]) == (1, ending, False)
    assert answer.json["fault"]["message"]


def test_all_findings_come_at_once(blazer: Blazer) -> None:
    found = _run(blazer, "import os\nimport subprocess\n", "--json").json["findings"]
    assert [item["line"] for item in found] == [1, 2]
    answer = _run(blazer, "import os\nimport subprocess\n")
    assert answer.code == 1
    assert "os" in answer.out and "subprocess" in answer.out and "refused" in answer.out


def test_stdin_is_a_file(blazer: Blazer, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b"print('from stdin')\r\n")

    monkeypatch.setattr("sys.stdin", Stdin)
    answer = blazer("sandbox", "run", "-", *PROCESS)
    assert answer.code == 0 and "from stdin" in answer.out and "completed" in answer.out


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (None, (), "cannot read 'p.py': No such file"),
        (b"", (), "is empty; give a Python program"),
        (b" \n\t\n", (), "is empty"),
        (b"\x7fELF\x02\x01\xff\xfe", (), "is not UTF-8 text"),
        (b"# " + b"x" * 70_000, (), "at most 65536 are allowed"),
        (b"x" * (MAX_FILE_BYTES + 1), (), "that is no program"),
        (b"x = 1", ("--tier", "podman"), "unknown sandbox tier 'podman'"),
        (b"x = 1", ("--task", "fly_to_the_moon"), "fly_to_the_moon"),
        (b"x = 1", ("--seed", "1"), "--seed belongs to a task"),
        (b"x = 1", ("--policy", "maybe"), "--policy is on or off"),
        (b"x = 1", ("--wall-s", "-1"), "--wall-s must be a number above 0, got -1"),
        (b"x = 1", ("--wall-s", "nan"), "--wall-s must be a number above 0"),
        (b"x = 1", ("--wall-s", "inf"), "--wall-s must be a number above 0, got inf"),
        (b"x = 1", ("--wall-s", "1e9"), "--wall-s 1e+09: Input should be less than or equal to 86400"),
        (b"x = 1", ("--files", "1000000000"), "--files 1e+09: Input should be less than or equal to 65536"),
        (
            b"x = 1",
            ("--output-kb", "9", "--output-stop-kb", "8"),
            "--output-kb is 9, but the program is stopped",
        ),
        (b"x = 1", ("--output-kb", "5000"), "stopped at --output-stop-kb, 4096"),
        (b"x = 1", ("--memory-mb", "3"), "--memory-mb 3"),
        (b"x = 1", ("--memory-mb", "much"), "--memory-mb"),
        (
            b"x = 1",
            ("--memory-mb", "99999999"),
            "a memory limit of 99999999 MB is more than this machine has",
        ),
        (b"x = 1", ("--source-kb", "999"), "--source-kb 999"),
        (b"x = 1", ("--input", "numbers"), "is not NAME=JSON"),
        (b"x = 1", ("--input", "a b=1"), "is not NAME=JSON"),
        (b"x = 1", ("--input", "a=hello"), "is not JSON"),
        (b"x = 1", ("--input", "a=NaN"), "is not JSON"),
        (b"x = 1", ("--input", "a=1", "--input", "a=2"), "given twice"),
        (b"x = 1", ("--task", "put_block", "--input", "a=1"), "without a task"),
    ],
)
def test_what_cannot_be_is_one_line_and_exits_with_2(
    blazer: Blazer, content: bytes | None, options: tuple[str, ...], said: str
) -> None:
    if content is not None:
        Path("p.py").write_bytes(content)
    tier = () if "--tier" in options else PROCESS
    answer = blazer("sandbox", "run", "p.py", *tier, *options, "--json")
    assert answer.code == 2
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert answer.out == ""


def test_the_promises_that_are_missing_are_named(blazer: Blazer, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: dict[str, bool] = {"cgroup_memory": False, "cpu_limit": False}
    monkeypatch.setattr("blazer.sandbox.process_tier.group_promises", lambda *_: nothing)
    answer = _run(blazer, "x = 1")
    assert answer.code == 0, answer.err
    assert "without" in answer.out and "cgroup_memory" in answer.out and "cpu_limit" in answer.out


def test_a_directory_is_no_file(blazer: Blazer) -> None:
    answer = blazer("sandbox", "run", ".", *PROCESS)
    assert answer.code == 2 and "cannot read '.'" in answer.err


def test_reference_needs_a_task(blazer: Blazer) -> None:
    answer = blazer("sandbox", "run", "@reference", *PROCESS)
    assert answer.code == 2 and "--task" in answer.err


def test_with_a_task_it_is_an_episode(blazer: Blazer) -> None:
    answer = blazer("sandbox", "run", "@reference", "--task", "put_block", "--seed", "1", *PROCESS, "--json")
    assert answer.code == 0, answer.err
    found = answer.json
    assert (found["task"], found["seed"], found["execution"]["ending"]) == ("put_block", 1, "completed")
    assert found["verdict"]["strict"] == "pass" and found["policy"]["accepted"] is True
    Path("p.py").write_text("print('idle')")
    idle = blazer("sandbox", "run", "p.py", "--task", "put_block", *PROCESS)
    assert idle.code == 1
    assert "goal_not_met" in idle.out and "idle" in idle.out


def test_policy_off_says_what_it_means(blazer: Blazer) -> None:
    answer = _run(blazer, "import os\nprint(os.getuid())", "--policy", "off", "--json")
    assert "only the tier stands between this program and this machine" in answer.err
    if answer.code == 2:
        assert "--policy off is refused" in answer.err
    else:
        assert (answer.code, answer.json["ending"]) == (0, "completed")


@pytest.mark.parametrize("missing", ALONE)
def test_policy_off_is_refused_where_the_tier_cannot_stand_alone(missing: str) -> None:
    promises = dict.fromkeys(ALONE, True)
    stands_alone(IsolationLevel(tier="process", promises=promises))
    for spoilt in ({**promises, missing: False}, {k: v for k, v in promises.items() if k != missing}):
        with pytest.raises(UsageError, match=rf"--policy off is refused.*{missing}"):
            stands_alone(IsolationLevel(tier="process", promises=spoilt))


def test_output_cannot_play_with_the_terminal(blazer: Blazer) -> None:
    answer = _run(blazer, "print('\\x1b[2J\\x1b[31m red \\x07\\u202e\\x00 end')\nresult = '\\x1b]0;title'")
    assert answer.code == 0
    assert not set(answer.out) & {"\x1b", "\x07", "\u202e", "\x00"}
    assert "\\x1b[2J" in answer.out and "end" in answer.out


def test_displayed_keeps_lines_and_ordinary_letters() -> None:
    assert displayed("naïve 日本\tx\n") == "naïve 日本\tx\n"
    assert displayed("a\x9b\u2028\ud800b") == "a\\x9b\\x2028\\xd800b"


def test_readable_at_80_columns(blazer: Blazer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    answer = _run(blazer, "print('word ' * 60)\nraise ValueError('long ' * 40)")
    assert max(len(line) for line in answer.out.splitlines()) <= 80
    assert "raised" in answer.out and "line 2: ValueError: long" in answer.out


def test_a_cut_output_says_so(blazer: Blazer) -> None:
    answer = _run(blazer, "for n in range(300):\n    print('line', n)", "--output-kb", "1")
    assert answer.code == 0 and "[cut: " in answer.out and "left out" in answer.out
