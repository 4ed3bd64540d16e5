"""What BLAZER_REQUIRE asks for is not skipped."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import not_here


@pytest.mark.parametrize(
    ("required", "tier", "promises", "asked", "fails"),
    [
        ("", "process", ["seccomp"], "", False),
        ("docker,process", "process", ["seccomp"], "", True),
        ("docker,process", "process", ["cgroup_memory"], "cgroups", False),
        ("process,cgroups", "process", ["cgroup_memory"], "cgroups", True),
        ("docker", "process", ["seccomp"], "", False),
        ("docker", "docker", ["pids_limit"], "", True),
        ("runsc", "runsc", ["pids_limit"], "", False),
        ("runsc", "runsc", ["own_kernel"], "", True),
    ],
)
def test_what_is_required_fails_and_the_rest_is_skipped(
    monkeypatch: pytest.MonkeyPatch,
    required: str,
    tier: str,
    promises: list[str],
    asked: str,
    fails: bool,
) -> None:
    monkeypatch.setenv("BLAZER_REQUIRE", required)
    with pytest.raises(pytest.fail.Exception if fails else pytest.skip.Exception, match="because"):
        not_here("because", tier=tier, promises=promises, asked=asked)
