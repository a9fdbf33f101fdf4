"""Who measures for this process: one interface for threads, children and a cluster, and the nouns they share."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, Protocol

from antipasta_hook.model import Clocked, FileMetrics

HANGS_AFTER: Final = 120.0
"""Seconds for one source; the largest that are measured at all take three."""


WorkerKind = Literal["worker-crashed", "worker-hung", "worker-killed", "worker-slow"]


class Lost(NamedTuple):
    """Why a source has no measurement, and of which kind that is."""

    reason: str
    kind: WorkerKind


class Task(NamedTuple):
    """A source to be measured; ``key`` is the caller's. ``again``: whoever measured it before came to grief.

    ``turn`` is the executor's own: how often it had forgotten what it was given when it was given this.
    """

    key: str
    source: bytes
    again: bool = False
    turn: int = 0


Result = FileMetrics | Lost


class Answer(NamedTuple):
    """What became of a source, and how long that took; None where nobody says."""

    key: str
    result: Result
    clocked: Clocked | None = None


CRASHED: Final = Lost("measuring it crashed, twice", "worker-crashed")
KILLED: Final = Lost(
    "the process that measured it was killed, twice: it may need more memory than there is", "worker-killed"
)
HANGS: Final = Lost(f"it was not measured within {HANGS_AFTER:.0f} s", "worker-hung")


class NoWorkers(Exception):  # noqa: N818 - where nobody else can measure, this process does
    """Nobody is left to measure; ``waiting`` is what was not measured."""

    def __init__(self, waiting: list[Task]) -> None:
        super().__init__()
        self.waiting = waiting


class Executor(Protocol):
    """Some workers. For one thread: the one that made it. Close it, else they live as long as this process.

    A source that kills, hangs or exhausts a worker is tried once more, alone, and then has no measurement.
    """

    @property
    def lanes(self) -> int:
        """How many sources are measured at a time."""
        ...

    @property
    def batch(self) -> int:
        """Bytes of source that it is best given at a time."""
        ...

    @property
    def is_hungry(self) -> bool:
        """Whether a worker may soon have nothing to go on with."""
        ...

    @property
    def waiting(self) -> int:
        """How many sources have no answer yet."""
        ...

    def submit(self, batch: list[Task]) -> None:
        """Hand some tasks to the first worker that is free; each key once. Raises NoWorkers."""
        ...

    def answer(self, timeout: float | None = None) -> Answer | None:
        """The next result; None where there is none within ``timeout`` seconds. Raises NoWorkers.

        Waiting is interruptible.
        """
        ...

    def forget(self) -> None:
        """Nobody waits any more for what was submitted."""
        ...

    def close(self) -> None:
        """Let the workers go."""
        ...


def each(executor: Executor, tasks: Iterator[Task]) -> Iterator[Answer]:
    """Have all of these measured; answers come as they are ready. Raises NoWorkers."""
    batches = _batches(tasks, executor.batch)
    ended = False
    while True:
        while executor.is_hungry and not ended:
            batch = next(batches, None)
            ended = batch is None
            if batch is not None:
                executor.submit(batch)
        if ended and not executor.waiting:
            return
        if found := executor.answer():
            yield found


def _batches(tasks: Iterator[Task], most: int) -> Iterator[list[Task]]:
    batch: list[Task] = []
    size = 0
    for task in tasks:
        batch.append(task)
        size += len(task.source)
        if size >= most:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
