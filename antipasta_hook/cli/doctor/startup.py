"""How long it takes until a run may begin to measure, by parts, found out in a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from antipasta_hook.cli.doctor.subject import Subject
from antipasta_hook.install.script import ISOLATED
from antipasta_hook.model import Failure
from antipasta_hook.model.checkup import Row, State, shared

_PROBE: Final = "import time; first = time.time(); from antipasta_hook.cli.doctor.probe import main; main(first)"
_PATIENCE: Final = 5.0
"""Seconds."""
_SLOW: Final = 1000.0
"""Milliseconds: half of the budget of a commit."""


def rows(subject: Subject) -> Iterator[Row]:
    """Each part in milliseconds, and all of them."""
    begun = time.time()
    parts = _measured(subject, begun)
    if not parts:
        said = "cannot be measured: this Python does not find antipasta-hook when it is started as hooks start it"
        yield shared("start-up", said, State.WARNING, "install antipasta-hook into an environment of its own")
        return
    for name, spent in parts:
        yield shared(name, f"{spent:.0f} ms")
    total = sum(spent for _, spent in parts)
    if total > _SLOW:
        hint = "see whether a virus scanner, a network drive or a busy machine slows Python down"
        yield shared("all of it", f"{total:.0f} ms: of a commit's budget half is gone", State.WARNING, hint)
    else:
        yield shared("all of it", f"{total:.0f} ms")


def _measured(subject: Subject, begun: float) -> list[tuple[str, float]]:
    """Names of parts and milliseconds; nothing where they cannot be had."""
    options = ISOLATED[: ISOLATED.index("-m")]
    directory = "" if isinstance(subject.opened, Failure) else os.path.abspath(subject.directory)
    command = (sys.executable, *options, "-B", "-c", _PROBE, repr(begun), directory)
    with suppress(OSError, subprocess.TimeoutExpired, ValueError):
        done = subprocess.run(
            command,
            env=dict(subject.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        return [(str(name), float(spent)) for name, spent in json.loads(done.stdout)]
    return []
