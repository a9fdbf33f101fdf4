"""What runs on a worker of a cluster: sources in, measurements out, both as bytes.

The worker's own process measures nothing: a child does, as everywhere, so that what crashes or hangs costs one source
and not somebody's worker. Children that have nothing to do for a while are let go.
"""

import os
import threading
import time
from typing import Final

from antipasta_hook import __version__
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.analyse.executor import Answer, Lost, Task
from antipasta_hook.cache.encoding import encode
from antipasta_hook.metrics import engine_fingerprint
from antipasta_hook.model import FileMetrics

MEASURED: Final = b"+"
LOST: Final = b"-"
"""How an answer begins: an encoded FileMetrics; or the kind of the reason why there is none, a line end, the reason."""
_WORKER: Final = os.urandom(8).hex()
_IDLE: Final = 20.0
"""Seconds."""


def identity() -> str:
    """Which version of this program measures here, and with what: equal where the numbers are."""
    return f"antipasta-hook {__version__}, engine {engine_fingerprint()}"


def measured(sources: list[bytes]) -> list[bytes]:
    """Who measured, how long that took, and then an answer for each source, in their order."""
    crew = _IDLERS.pop()
    try:
        tasks = (Task(str(place), source) for place, source in enumerate(sources))
        found = {answer.key: answer for answer in crew.measured(tasks)}
    finally:
        _IDLERS.put(crew)
    answers = [found[str(place)] for place in range(len(sources))]
    return [identity().encode(), _timed(answers), *(_encoded(answer.result) for answer in answers)]


def _timed(answers: list[Answer]) -> bytes:
    """A name for this worker, and what each source took, in microseconds."""
    took = (round(answer.clocked.took * 1_000_000) if answer.clocked else 0 for answer in answers)
    return " ".join(map(str, (_WORKER, *took))).encode()


def _encoded(result: FileMetrics | Lost) -> bytes:
    if isinstance(result, Lost):
        return LOST + f"{result.kind}\n{result.reason}".encode()
    return MEASURED + encode(result)


class _Idlers:
    """Crews of one child that wait for work, and a thread that lets them go when they have waited long enough."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[float, Crew]] = []
        self._is_watched = False

    def pop(self) -> Crew:
        with self._lock:
            return self._waiting.pop()[1] if self._waiting else Crew(1, "processes")

    def put(self, crew: Crew) -> None:
        with self._lock:
            self._waiting.append((time.monotonic(), crew))
            if not self._is_watched:
                self._is_watched = True
                threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(_IDLE / 4)
            with self._lock:
                now = time.monotonic()
                gone = [crew for since, crew in self._waiting if now - since > _IDLE]
                self._waiting = [each for each in self._waiting if now - each[0] <= _IDLE]
                self._is_watched = bool(self._waiting)
                watched = self._is_watched
            for crew in gone:
                crew.dismiss()
            if not watched:
                return


_IDLERS: Final = _Idlers()
