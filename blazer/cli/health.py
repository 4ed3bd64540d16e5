"""What this machine offers: each finding says whether it is there, in detail, and how to get it.

Looks, never changes anything. Probes that could hang or crash (graphics, Docker) run in processes
of their own with a time-out. Keys are named, never shown.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from blazer.cli.output import program_name
from blazer.core.errors import BlazerError
from blazer.core.records import Record
from blazer.sandbox import cgroups
from blazer.sandbox.attestation import daemon_promises
from blazer.sandbox.docker_client import connect, image_exists, runtime_advice
from blazer.sandbox.image.make import image_tags
from blazer.store.engine import parse_address
from blazer.store.store import Store

PROBE_S = 30.0
LOW_DISK_GB = 2.0
_LANDLOCK_CREATE_RULESET, _LANDLOCK_VERSION_FLAG = 444, 1


class Status(StrEnum):
    """How a finding is."""

    OK = "ok"
    MISSING = "missing"
    """Something optional is not here."""
    BROKEN = "broken"
    """Blazer cannot work without it."""


class Finding(Record):
    """One thing that was looked at."""

    name: str
    status: Status
    detail: str
    remedy: str = ""
    """What to type or do; "" where nothing is to be done."""


def examine(store: str) -> list[Finding]:
    """Look at everything.

    Args:
        store: Path or URL of the store that would be used.
    """
    probes: list[Callable[[], Finding]] = [
        _python, _packages, _docker, _image, _runsc, _uids, _user_namespaces, _cgroups, _landlock, _seccomp,
        _graphics, _ffmpeg, _keys, _disk,
    ]  # fmt: skip
    return [*(probe() for probe in probes), _store(store)]


def _ok(name: str, detail: str) -> Finding:
    return Finding(name=name, status=Status.OK, detail=detail)


def _missing(name: str, detail: str, remedy: str) -> Finding:
    return Finding(name=name, status=Status.MISSING, detail=detail, remedy=remedy)


def _broken(name: str, detail: str, remedy: str) -> Finding:
    return Finding(name=name, status=Status.BROKEN, detail=detail, remedy=remedy)


def _python() -> Finding:
    where = f"{sys.executable}, {platform.system()} {platform.machine()}"
    return _ok("python", f"{platform.python_version()} at {where}")


def _packages() -> Finding:
    wanted = [line.split(";")[0] for line in requires("blazer-agents") or () if "extra ==" not in line]
    found, absent = [], []
    for line in sorted(wanted, key=str.lower):
        name = line.split("[")[0].split(">")[0].split("<")[0].split("=")[0].split("~")[0].strip()
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            absent.append(name)
    if absent:
        return _broken(
            "packages", f"not installed: {', '.join(absent)}", "pip install -c constraints.txt -e ."
        )
    return _ok("packages", ", ".join(found))


def _ask(command: Sequence[str]) -> tuple[bool, str]:
    """Whether a command succeeded, and the last line it wrote."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    lines = (done.stdout if done.returncode == 0 else done.stderr or done.stdout).strip().splitlines()
    return done.returncode == 0, lines[-1].strip() if lines else f"exit code {done.returncode}"


def _docker() -> Finding:
    docker = shutil.which("docker")
    if docker is None:
        return _missing(
            "docker",
            "no docker command",
            "install Docker Engine (Debian: apt-get install docker.io); or use --tier process",
        )
    good, said = _ask([docker, "version", "--format", "{{.Server.Version}}"])
    if not good:
        return _missing(
            "docker",
            f"no daemon answers: {said}",
            "start it (systemctl start docker), or get the right to its socket",
        )
    return _ok("docker", f"daemon {said}")


def _image() -> Finding:
    try:
        client, tags = connect(), image_tags()
        if image_exists(client, tags.guest) and image_exists(client, tags.world):
            return _ok("sandbox image", f"{tags.guest}, {tags.world}")
    except BlazerError as error:
        return _missing("sandbox image", " ".join(str(error).split()), "see docker")
    return _missing("sandbox image", f"{tags.guest} is not there", f"{program_name()} sandbox build")


def _runsc() -> Finding:
    docker = shutil.which("docker")
    good, said = _ask([docker, "info", "--format", "{{json .Runtimes}}"]) if docker else (False, "")
    if good and '"runsc"' in said:
        return _ok("gvisor", "runsc is a runtime of the daemon: --tier runsc")
    return _missing("gvisor", "runsc is no runtime of the daemon", f"optional: {runtime_advice('runsc')}")


def _uids() -> Finding:
    docker = shutil.which("docker")
    good, said = _ask([docker, "info", "--format", "{{json .SecurityOptions}}"]) if docker else (False, "")
    try:
        options = json.loads(said) if good else None
    except ValueError:
        options = None
    if not isinstance(options, list):
        return _missing("container uids", "no Docker daemon to ask", "see docker")
    found = daemon_promises({"SecurityOptions": options})
    if found["rootless"]:
        return _ok("container uids", "mapped by the daemon (rootless): they are nobody's outside")
    if found["uids_mapped"]:
        return _ok(
            "container uids", "the daemon maps them (userns-remap): a container's uids are nobody's outside"
        )
    return _missing(
        "container uids",
        "those of this machine, as with most daemons; guests run as 65534 with no capability",
        'optional, a second wall: rootless Docker, or {"userns-remap": "default"} in /etc/docker/daemon.json',
    )


def _cgroups() -> Finding:
    found = cgroups.available()
    if set(found) == set(cgroups.CONTROLLERS):
        return _ok("control groups", f"the process tier can make its own ({', '.join(found)})")
    return _missing(
        "control groups",
        f"this user may make {'only those for ' + ', '.join(found) if found else 'none'}; "
        "the process tier has its other limits",
        "optional: systemd-run --user --scope -p Delegate=yes COMMAND, or as root",
    )


def _user_namespaces() -> Finding:
    unshare = shutil.which("unshare")
    good, said = (
        _ask([unshare, "--user", "--map-root-user", "true"]) if unshare else (False, "no unshare command")
    )
    if good or (os.geteuid() == 0):
        return _ok("namespaces", "the process tier can make its own")
    return _missing("namespaces", said, "sysctl kernel.unprivileged_userns_clone=1, or allow it in AppArmor")


def _landlock() -> Finding:
    libc = ctypes.CDLL(None, use_errno=True)
    abi = libc.syscall(
        _LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_LANDLOCK_VERSION_FLAG)
    )
    if abi >= 1:
        return _ok("landlock", f"ABI {abi}")
    why = os.strerror(ctypes.get_errno())
    return _missing(
        "landlock",
        f"the kernel {platform.release()} has it not or off ({why})",
        "Linux 5.13 or newer with lsm=landlock",
    )


def _seccomp() -> Finding:
    actions = Path("/proc/sys/kernel/seccomp/actions_avail")
    if actions.exists():
        return _ok("seccomp", actions.read_text().strip())
    return _missing(
        "seccomp",
        f"not in kernel {platform.release()}",
        "a kernel with CONFIG_SECCOMP_FILTER; Docker works without",
    )


_RENDER = (
    "from blazer.sim.backends import create_simulator as c\nfrom blazer.sim.scene import Scene\n"
    "s = c()\ns.load(Scene(task='none', bodies=()))\nprint(s.version, s.render('front', 64, 64).shape)\n"
)


def _graphics() -> Finding:
    good, said = _ask([sys.executable, "-c", _RENDER])
    if good:
        return _ok("graphics", "off-screen rendering works (EGL)")
    return _missing(
        "graphics", said, "Debian: apt-get install libegl1 libgl1-mesa-dri; only pictures and videos need it"
    )


_FFMPEG = (
    "import imageio_ffmpeg\nprint(imageio_ffmpeg.get_ffmpeg_version(), imageio_ffmpeg.get_ffmpeg_exe())\n"
)


def _ffmpeg() -> Finding:
    good, said = _ask([sys.executable, "-c", _FFMPEG])
    if good:
        return _ok("ffmpeg", said)
    return _missing("ffmpeg", said, "pip install 'imageio[ffmpeg]'; only videos need it")


def _keys() -> Finding:
    names = sorted(name for name in os.environ if name.endswith("_API_KEY") and os.environ[name])
    if names:
        return _ok("keys", f"set: {', '.join(names)}")
    return _missing("keys", "no *_API_KEY is set", "only hosted models need one: export OPENAI_API_KEY=...")


def _disk() -> Finding:
    free_gb = shutil.disk_usage(Path.cwd()).free / 1e9
    detail = f"{free_gb:.1f} GB free under {Path.cwd()}"
    if free_gb < LOW_DISK_GB:
        return _missing(
            "disk", detail, f"have {LOW_DISK_GB:g} GB: a trace takes about 0.1 MB, the image about 1 GB"
        )
    return _ok("disk", detail)


def _store(where: str) -> Finding:
    try:
        path = parse_address(where).path
        if path is not None and not path.exists():
            return _ok("store", f"none yet at {where}; `blazer collect` makes it")
        with Store.open(where, create=False) as store:
            return _ok("store", f"{store.place}: {store.count()} traces in {len(store.runs())} runs")
    except BlazerError as error:
        return _broken("store", str(error), "see the message, or give another --store")
