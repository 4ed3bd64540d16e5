"""Drivers that are missing, talk nonsense, die or hang; without any peer, and without Docker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blazer.eval.peers.launch import DriverProcess, Launch, ask, driver_launch
from blazer.eval.peers.processes import cpu_s, descendants, started_at

READ = "import json, os, sys, time, subprocess; request = json.loads(sys.stdin.readline())\n"


def driver(code: str) -> Launch:
    return Launch((sys.executable, "-c", READ + code))


def gone(pid: int) -> bool:
    until_s = time.monotonic() + 5.0
    while time.monotonic() < until_s:
        if started_at(pid) is None:
            return True
        time.sleep(0.05)
    return False


def test_the_answer_is_found_among_what_a_library_prints() -> None:
    noise = "print('welcome'); print('[1, 2]'); print('{\"half\": '); print('\\u2603')\n"
    told = ask(driver(noise + "print(json.dumps({'answer': {'n': request['n']}}))"), {"n": 3}, 20.0)
    assert told.answer == {"n": 3}
    assert not told.why


def test_containers_are_known_though_no_answer_comes() -> None:
    told = ask(driver("print(json.dumps({'opened': ['no-such-container']})); sys.exit(3)"), {}, 20.0)
    assert told.answer is None
    assert told.opened == ("no-such-container",)
    assert "ended with 3" in told.why


def test_a_driver_that_dies_is_reported_with_its_last_words() -> None:
    told = ask(driver("raise RuntimeError('no such package')"), {}, 20.0)
    assert told.answer is None and not told.late
    assert "RuntimeError: no such package" in told.why


def test_a_driver_that_says_nothing_at_all_is_reported() -> None:
    assert "said nothing" in ask(driver("pass"), {}, 20.0).why


def test_a_missing_interpreter_is_no_crash(tmp_path: Path) -> None:
    told = ask(driver_launch(tmp_path / "python", "swe_rex_docker"), {}, 20.0)
    assert told.answer is None
    assert "cannot be started" in told.why


def test_an_interpreter_without_the_peer_says_so() -> None:
    told = ask(
        driver_launch(Path(sys.executable), "smolagents_local"), {"step": "about", "options": {}}, 60.0
    )
    assert told.answer is None
    assert "smolagents" in told.why


def test_a_hanging_driver_is_given_up_and_killed_with_its_children() -> None:
    code = (
        "child = subprocess.Popen(['sleep', '600'])\n"
        "print(json.dumps({'opened': [str(child.pid)]}), flush=True)\n"
    )
    with DriverProcess(driver(code + "time.sleep(600)"), {}) as process:
        told = process.reply(2.0)
        assert told.late and "no answer within 2 s" in told.why
        child = int(told.opened[0])
        assert started_at(child) is not None
        process.kill()
        assert process.had_children
        assert process.children_left() == [child], "only the host was killed"
    assert gone(child), "what the driver left is removed at the end"


def test_a_driver_that_closes_its_output_but_lives_on_ends_with_the_context() -> None:
    with DriverProcess(
        driver("print(json.dumps({'answer': {}}), flush=True); os.close(1); time.sleep(600)"), {}
    ) as process:
        assert process.reply(20.0).answer == {}
        pid = process.process.pid
        process._lines.get(timeout=10.0)
        process._lines.put(None)
    assert gone(pid)


def test_a_slow_start_is_no_part_of_the_deadline() -> None:
    code = (
        "time.sleep(2)\nprint(json.dumps({'opened': ['no-such-container']}), flush=True)\n"
        "print(json.dumps({'answer': {'done': True}}))\n"
    )
    told = ask(driver(code), {}, deadline_s=1.5, start_s=60.0)
    assert told.answer == {"done": True}
    assert told.opened == ("no-such-container",)


def test_a_sandbox_that_never_opens_is_not_late_with_a_program() -> None:
    told = ask(driver("time.sleep(600)"), {}, deadline_s=60.0, start_s=1.0)
    assert told.answer is None and not told.late
    assert "did not open within 1 s" in told.why
    assert "ValueError" in ask(driver("raise ValueError('no')"), {}, deadline_s=60.0, start_s=60.0).why


def test_a_held_driver_ends_when_its_input_does() -> None:
    code = "print(json.dumps({'answer': {}}), flush=True); sys.stdin.read(); os._exit(0)"
    with DriverProcess(driver(code), {}) as process:
        assert process.reply(20.0).answer == {}
        assert process.process.poll() is None
    assert process.process.returncode == 0


def test_cpu_of_grandchildren_is_seen() -> None:
    spin = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
    with subprocess.Popen([sys.executable, "-c", spin], start_new_session=True) as process:
        try:
            until_s = time.monotonic() + 20.0
            while not descendants(process.pid) and time.monotonic() < until_s:
                time.sleep(0.05)
            watched = descendants(process.pid)
            before_s = cpu_s(watched)
            while cpu_s(watched) <= before_s and time.monotonic() < until_s:
                time.sleep(0.1)
            assert cpu_s(watched) > before_s
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_processes_that_are_gone_use_no_cpu() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    assert cpu_s({process.pid}) == 0.0
    assert started_at(process.pid) is None


@pytest.mark.parametrize("there", [True, False])
def test_the_compose_plugin_is_used_where_setup_has_put_one(tmp_path: Path, there: bool) -> None:
    config = tmp_path / "docker-config"
    if there:
        config.mkdir()
    launch = driver_launch(tmp_path / "python", "inspect_docker", config=config)
    assert launch.environment.get("DOCKER_CONFIG") == (str(config) if there else None)
    assert launch.environment["XDG_DATA_HOME"] == str(tmp_path / "data")
