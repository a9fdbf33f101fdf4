"""A long run of a check whose inputs hypothesis draws: batch after batch, each with a seed of its own."""

import hashlib
import os
import resource
import sys
import time
import traceback
from functools import partial
from importlib import import_module

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from tests.fuzz.arcs import Arc, traced
from tests.fuzz.figures import SLOWEST, Figures, Growth
from tests.fuzz.targets import DRAWN, Drawn
from tests.fuzz.watched import costs

_BATCH = 100
FOUND = os.path.join("build", "fuzz", "found")
"""Where inputs that broke something are written, below a checkout."""


class Run:
    """One target for so long, or for so many inputs."""

    def __init__(self, name: str, *, inputs: int, seconds: float, first: int = 0) -> None:
        self.figures = Figures(name)
        self._target: Drawn = DRAWN[name]
        self._inputs, self._seconds, self._seed = inputs, seconds, first
        self._growth = Growth()
        self._arcs: set[Arc] = set()
        self._began = time.monotonic()
        os.makedirs(FOUND, exist_ok=True)
        self._current = os.path.join(FOUND, f"{name}-current")

    def go(self) -> Figures:
        """Until there were enough inputs or it took long enough, whichever comes first."""
        strategy: SearchStrategy[bytes] = getattr(import_module("tests.fuzz.strategies"), self._target.strategy)
        while not self._over():
            batch = given(strategy)(self._try)
            relaxed = settings(
                max_examples=_BATCH, database=None, deadline=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            seed(self._seed)(relaxed(batch))()
            self._seed += 1
        found = self.figures
        found.seconds = time.monotonic() - self._began
        found.coverage = len(self._arcs)
        found.coverage_before = self._growth.at(0.9 * found.inputs)
        found.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        os.unlink(self._current)
        return found

    def _over(self) -> bool:
        return self.figures.inputs >= self._inputs or time.monotonic() - self._began >= self._seconds

    def _try(self, data: bytes) -> None:
        with open(self._current, "wb") as stream:  # all that is left where it ends the process
            stream.write(data)
        check = partial(self._target.check, data)
        try:
            _, cost = costs(partial(traced, check, self._target.rooms, self._arcs))
            if cost.seconds > SLOWEST / 2:  # being watched takes time
                _, cost = costs(check)
            self.figures.slowest = max(self.figures.slowest, cost.seconds)
            if cost.seconds > SLOWEST:
                self._note(data, f"{cost.seconds:.1f} s")
            if self._target.also is not None:
                self._target.also(data)
        except Exception:  # noqa: BLE001 - that there is none is what is checked
            self._note(data, traceback.format_exc(limit=-2))
        self.figures.inputs += 1
        self._growth.note(self.figures.inputs, len(self._arcs))

    def _note(self, data: bytes, what: str) -> None:
        place = keep(self.figures.target, data)
        self.figures.crashes.append(f"{place}: {what}")
        sys.stderr.write(f"{place}: {what}\n")


def keep(target: str, data: bytes) -> str:
    """Write an input that broke something."""
    place = os.path.join(FOUND, f"{target}-{hashlib.sha256(data).hexdigest()[:12]}")
    with open(place, "wb") as stream:
        stream.write(data)
    return place
