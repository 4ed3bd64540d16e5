"""The process tier's private root, wherever the things it shows lie."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from blazer.sandbox.process_tier import readable_paths
from tests.sandbox.conftest import not_here

INSIDE = """
import os, sys
from blazer.sandbox.guest import confine
try:
    confine.unshare_all()
except OSError as error:
    print(f"cannot: {error}")
    sys.exit(3)
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
shown, hidden = sys.argv[1], sys.argv[2]
confine.private_root([shown, *sys.argv[3:]])
print(open(os.path.join(shown, "file")).read(), os.path.exists(hidden), os.access(shown, os.W_OK))
sys.stdout.flush()
os._exit(0)
"""


def test_shows_what_lies_below_the_place_it_is_mounted_on() -> None:
    # Not pytest's own directory: this must lie below /tmp, where the root is put together.
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        shown, hidden = Path(place, "shown"), Path(place, "hidden")
        shown.mkdir()
        hidden.mkdir()
        (shown / "file").write_text("here")
        command = [sys.executable, "-c", INSIDE, str(shown), str(hidden), *readable_paths()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 3:
        not_here(f"namespaces: {done.stdout.strip()}", tier="process", asked="namespaces")
    assert done.stdout.split() == ["here", "False", "False"], done.stderr
