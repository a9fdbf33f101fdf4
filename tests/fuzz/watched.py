"""Work done in processes that may die: what each did last is known, and the rest is done all the same."""

import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, NamedTuple

_SPAWNED: Final = multiprocessing.get_context("spawn")
"""Not forked: whoever asks may have threads."""

_START: Final = 300.0
"""Seconds that a process may take to start, on a machine that has other things to do."""

_ONE: Final = 1 << 10 if sys.platform != "darwin" else 1
"""Bytes in one of the units in which the kernel counts the memory of a process."""


_HERE: Final = None
"""Said by a process that has started."""


class Death(NamedTuple):
    """What ended a process: a signal, an exit, or that it never came back."""

    cause: str


class Cost(NamedTuple):
    """Of one call: CPU seconds, and the peak memory of the process where this call raised it."""

    seconds: float
    memory: int


def costs(work: Callable[[], Any]) -> tuple[Any, Cost]:
    """What a call gives, and what it costs; CPU time, since the clock on the wall also tells of other processes."""
    before = _peak()
    started = time.process_time()
    found = work()
    spent = time.process_time() - started
    after = _peak()
    return found, Cost(spent, after if after > before else 0)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _ONE


def watch(
    work: Callable[[int], Any], numbers: Sequence[int], *, jobs: int, limit: float
) -> Generator[tuple[int, Any], None, None]:
    """``work`` of each number in ``jobs`` processes, as it is done; a Death for each that ended its process.

    ``limit``: seconds on the wall after which a call is taken for one that never comes back.
    """
    crew = [_Worker(work, numbers[place::jobs]) for place in range(jobs)]
    try:
        while crew := [worker for worker in crew if not worker.done]:
            ready = wait([worker.pipe for worker in crew], timeout=1)
            for worker in crew:
                yield from worker.heard() if worker.pipe in ready else worker.missed(limit)
    finally:
        for worker in crew:
            worker.end()


class _Worker:
    def __init__(self, work: Callable[[int], Any], numbers: Sequence[int]) -> None:
        self._work = work
        self._numbers = numbers
        self._position = 0
        self._process: BaseProcess
        self.pipe: Connection
        self._start()

    @property
    def done(self) -> bool:
        return self._position >= len(self._numbers)

    def _start(self) -> None:
        self.pipe, theirs = _SPAWNED.Pipe(duplex=False)
        rest = self._numbers[self._position :]
        self._process = _SPAWNED.Process(target=_serve, args=(self._work, rest, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._since = time.monotonic() + _START

    def heard(self) -> Iterator[tuple[int, Any]]:
        """What it has to say: a result, or nothing any more."""
        try:
            found = self.pipe.recv()
        except EOFError:
            self._process.join()
            yield self._died(_cause(self._process.exitcode))
            return
        if found is _HERE:
            self._since = time.monotonic()
        else:
            yield self._next(found[0])

    def missed(self, limit: float) -> Iterator[tuple[int, Any]]:
        """What is to be said of one that has been silent."""
        if time.monotonic() - self._since > limit:
            self.end()
            yield self._died(f"no answer in {limit:g} s")

    def _next(self, found: Any) -> tuple[int, Any]:
        number = self._numbers[self._position]
        self._position += 1
        self._since = time.monotonic()
        return number, found

    def _died(self, cause: str) -> tuple[int, Any]:
        self.pipe.close()
        found = self._next(Death(cause))
        if not self.done:
            self._start()
        return found

    def end(self) -> None:
        """No process is left."""
        self._process.kill()
        self._process.join()


def _cause(code: int | None) -> str:
    return signal.Signals(-code).name if code and code < 0 else f"exit {code}"


def _serve(work: Callable[[int], Any], numbers: Sequence[int], pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that waits for us ends us
    pipe.send(_HERE)
    for number in numbers:
        pipe.send((work(number),))
    pipe.close()
    os._exit(0)
