"""One target after another, each in a process of its own, which it may end; what came of it as a table."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence

from tests.fuzz import breaking, drawing, guiding
from tests.fuzz.figures import Figures, read, table
from tests.fuzz.surroundings import withdraw
from tests.fuzz.targets import DRAWN, GUIDED

TARGETS = (*GUIDED, *DRAWN, breaking.NAME)


def run(names: Sequence[str], *, inputs: int, seconds: float, first: int, say: Callable[[str], object]) -> int:
    """Every target until it has had so many inputs, or so many seconds; 1 where something broke."""
    done = []
    for name in names or TARGETS:
        if name in GUIDED and not guiding.available():
            say(f"{name}: left out, it needs atheris: pip install -e '.[fuzz]'")
            continue
        found = _apart(name, inputs, seconds, first)
        done.append(found)
        say(f"{name}: {found.inputs:,} inputs in {found.seconds:.0f} s")
        for crash in found.crashes:
            say(crash)
    say("\n".join(table(done)))
    return int(not all(found.clean for found in done))


def _apart(name: str, inputs: int, seconds: float, first: int) -> Figures:
    command = [sys.executable, "-m", "tests.fuzz", "one", name, str(inputs), str(seconds), str(first)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode or not done.stdout:
        last = os.path.join(drawing.FOUND, f"{name}-current")
        return Figures(name, crashes=[f"the process ended with {done.returncode}; the input is in {last}"])
    return read(done.stdout)


def one(name: str, *, inputs: int, seconds: float, first: int) -> Figures:
    """A target, in this process."""
    if name in GUIDED:
        return guiding.run(name, inputs=inputs, seconds=seconds, first=first)
    if name in DRAWN:
        return drawing.Run(name, inputs=inputs, seconds=seconds, first=first).go()
    with tempfile.TemporaryDirectory() as home:
        withdraw(home)
        return breaking.run(inputs=inputs, seconds=seconds, first=first)
