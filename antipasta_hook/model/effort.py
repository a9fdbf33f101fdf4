"""What a run took, step by step: for whoever asks why it was slow. Never a part of the verdict."""

from typing import NamedTuple


class Clocked(NamedTuple):
    """When something was begun and how long it took: seconds, on the clock of ``time.perf_counter``.

    ``lane`` is who did it: 0 this process, 1 and up those who help it.
    """

    begun: float
    took: float
    lane: int = 0


class Span(NamedTuple):
    """A step of the pipeline; one that lies within another is a part of it. Milliseconds, from the process's start."""

    name: str
    begun_ms: float
    took_ms: float


class Measuring(NamedTuple):
    """One blob that was measured, and by whom (``lane``). Milliseconds, from the process's start.

    ``path`` is where it stands, empty where only the verdict says so.
    """

    blob: str
    lane: int
    begun_ms: float
    took_ms: float
    path: str = ""


class Effort(NamedTuple):
    """What was done, in the order of its end: steps, and blobs that were measured.

    ``ranked`` is how many files were put in order because time was short (0: it was not), ``selected`` how many of them
    were to be measured; the bytes are those that the cache gave and was given.
    """

    spans: tuple[Span, ...] = ()
    measured: tuple[Measuring, ...] = ()
    ranked: int = 0
    selected: int = 0
    bytes_read: int = 0
    bytes_written: int = 0
