"""A guest that is none: it shakes hands as a guest does, and then does with the channel what it was told.

Started by `channel_fuzz.ScriptedTier`. The program it is handed is a JSON list of steps; see `STEPS`.
"""

import base64
import json
import os
import signal
import time

END_MARK = b"\x00\x1e end of this run's own output \x1e\x00"


def _line() -> dict:
    line = _IN.readline()
    if not line:
        os._exit(0)
    return json.loads(line)


def _tell(message: dict) -> None:
    _write(json.dumps(message).encode() + b"\n")


def _write(data: bytes) -> None:
    try:
        while data:
            data = data[os.write(1, data) :]
    except OSError:
        os._exit(0)


def _drip(text: str, pause_s: float) -> None:
    for byte in base64.b64decode(text):
        _write(bytes([byte]))
        time.sleep(pause_s)


def _flood(text: str) -> None:
    data = base64.b64decode(text)
    while True:
        _write(data)


def _close() -> None:
    os.close(1)
    time.sleep(3600)


STEPS = {
    "send": lambda text: _write(base64.b64decode(text)),
    "drip": _drip,
    "flood": _flood,
    "stderr": lambda count: os.write(2, os.urandom(count)),
    "read": _line,
    "sleep": time.sleep,
    "exit": os._exit,
    "signal": lambda number: os.kill(os.getpid(), number),
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "close": _close,
}

_IN = os.fdopen(0, "rb", buffering=0)
_line()
_tell({"t": "ready", "attest": {"steps": {}, "seen": {}}})
program = json.loads(_line()["source"])
_tell({"t": "policy", "findings": []})
_line()
os.write(2, END_MARK)  # at once: nobody is to wait for it
for step in program:
    STEPS[step[0]](*step[1:])
time.sleep(3600)
