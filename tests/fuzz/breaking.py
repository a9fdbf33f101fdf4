"""A long run over damaged repositories."""

import tempfile
import time
from pathlib import Path

from tests.fuzz.figures import Figures, Growth
from tests.fuzz.repositories import Stand, damage, wrong

NAME = "git"


def run(*, inputs: int, seconds: float, first: int = 0) -> Figures:
    """Until there were enough inputs or it took long enough, whichever comes first."""
    found, growth = Figures(NAME), Growth()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        stand = Stand(Path(folder))
        found.crashes += stand.unfit()
        while found.inputs < inputs and time.monotonic() - began < seconds:
            damaged = damage(first + found.inputs)
            file, ended = stand.run(damaged, watch=True)
            found.inputs += 1
            found.slowest = max(found.slowest, ended.seconds)
            found.memory = max(found.memory, ended.memory)
            growth.note(found.inputs, len(stand.arcs))
            fault = wrong(damaged, ended)
            if fault:
                found.crashes.append(f"{damaged}: {file.removeprefix(folder)}: {fault}: {ended.said[:500]}")
        found.coverage = len(stand.arcs)
    found.coverage_before = growth.at(0.9 * found.inputs)
    found.seconds = time.monotonic() - began
    return found
