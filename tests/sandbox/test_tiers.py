"""Tiers refuse what they cannot prove, and say which promise; images are named by their content."""

from __future__ import annotations

from pathlib import Path

import pytest

from blazer.core.errors import SandboxError
from blazer.sandbox.attestation import promises_of
from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.image.make import content_digest, image_tags
from blazer.sandbox.limits import Limits
from blazer.sandbox.process_tier import REQUIRED, ProcessTier, readable_paths, start_world_process
from blazer.sandbox.reaper import Reaper
from blazer.sandbox.sandbox import Sandbox


async def test_a_guest_without_seccomp_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real guest, told to skip nothing, but found wanting by the host."""
    monkeypatch.setattr("blazer.sandbox.process_tier.REQUIRED", (*REQUIRED, "something_else"))
    monkeypatch.setattr(
        "blazer.sandbox.handshake.promises_of", lambda ready: {**promises_of(ready), "something_else": False}
    )
    with pytest.raises(SandboxUnavailable, match="something_else"):
        async with Sandbox("process", backend="fake"):
            pass


def test_readable_paths_hold_no_secrets() -> None:
    for path in readable_paths():
        assert path not in ("/", "/root", "/home", "/etc", "/proc", "/tmp")
        assert not path.endswith("site-packages")


async def test_guest_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    tier = ProcessTier(Limits())
    await tier.open()
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(SandboxError, match="could not be started"):
        await tier.start_guest()


async def test_missing_image_says_how_to_make_it() -> None:
    try:
        sandbox = Sandbox("docker", image="no-such-build")
        with pytest.raises(SandboxUnavailable, match=r"blazer sandbox build|Docker daemon"):
            await sandbox.__aenter__()
    finally:
        await sandbox.__aexit__(None, None, None)


async def test_missing_runtime_is_named() -> None:
    sandbox = Sandbox("runsc")
    try:
        await sandbox.__aenter__()
    except SandboxUnavailable as error:
        if "no runtime 'runsc'" in str(error):
            for word in (
                "apt-get install runsc",
                "/etc/docker/daemon.json",
                '"--oci-seccomp"',
                "reload docker",
            ):
                assert word in str(error)
        else:
            assert any(word in str(error) for word in ("Docker daemon", "blazer sandbox build"))
    else:
        assert sandbox.isolation.tier == "runsc"
    finally:
        await sandbox.__aexit__(None, None, None)


def test_image_tags_follow_the_content(monkeypatch: pytest.MonkeyPatch) -> None:
    before = image_tags()
    assert content_digest() in before.guest
    assert content_digest() in before.world
    monkeypatch.setattr("blazer.sandbox.image.make.GUEST_PACKAGES", ("numpy",))
    assert image_tags() != before


def test_only_the_dead_are_swept() -> None:
    client = pytest.importorskip("blazer.sandbox.docker_client")
    mine = client.labels("x")
    host, boot, pid, started = mine[client.OWNER_LABEL].split(":")

    def of(*parts: str, deadline: str = mine[client.DEADLINE_LABEL]) -> bool:
        return bool(client.abandoned({client.OWNER_LABEL: ":".join(parts), client.DEADLINE_LABEL: deadline}))

    assert not of(host, boot, pid, started)
    assert not of(host, boot, pid, started, deadline="0")
    assert of(host, "another-boot", pid, started)
    assert of(host, boot, pid, str(int(started) + 1))
    assert of(host, boot, str(2**22 + 1), started)
    assert not of("another-machine", boot, pid, started)
    assert of("another-machine", boot, pid, started, deadline="0")


async def test_no_daemon_is_one_clean_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("docker")
    reasons = {
        "unix:///nowhere/docker.sock": "no such file or directory",
        "tcp://127.0.0.1:1": "the connection failed",
    }
    for host, why in reasons.items():
        monkeypatch.setenv("DOCKER_HOST", host)
        sandbox = Sandbox("docker")
        with pytest.raises(SandboxUnavailable) as caught:
            await sandbox.__aenter__()
        await sandbox.__aexit__(None, None, None)
        wanted = f"no Docker daemon answers at {host} ({why}): start Docker or use --tier process"
        assert str(caught.value) == wanted
    monkeypatch.setenv("DOCKER_HOST", "carrier-pigeon")
    with pytest.raises(SandboxUnavailable, match="DOCKER_HOST is 'carrier-pigeon', which names no Docker"):
        await Sandbox("docker").__aenter__()


@pytest.mark.parametrize("name", ["numpy", "select"])
async def test_what_lies_in_the_callers_directory_is_not_imported(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A world judges, and a reaper has the daemon's socket: neither runs files that lie about."""
    (tmp_path / f"{name}.py").write_text("import pathlib\npathlib.Path('imported').write_text('')\n")
    monkeypatch.chdir(tmp_path)
    world = await start_world_process("fake", Limits())
    await world.kill()
    Reaper("nobody").close()
    assert not (tmp_path / "imported").exists()
