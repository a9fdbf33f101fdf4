"""Measuring in threads of this process: for a Python without a global lock, where they start at once and copy nothing.

A thread cannot be killed: one that hangs is left behind, and another takes its place. What would crash takes all.
"""

import math
import threading
import time
from queue import Empty, SimpleQueue
from typing import Final

from antipasta_hook.analyse import executor
from antipasta_hook.analyse.executor import HANGS, Answer, Task
from antipasta_hook.metrics import measure
from antipasta_hook.model import Clocked

_LOOK: Final = 1.0
_STACK: Final = 8 * 1024 * 1024
"""Bytes; what the first thread of a process has nearly everywhere, so that the same sources are too deep for both."""


class Threads:
    """Threads at work, as an Executor."""

    batch: Final = 16 * 1024

    def __init__(self, workers: int) -> None:
        self.lanes: Final = workers
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._answers: SimpleQueue[Answer] = SimpleQueue()
        self._waiting: set[str] = set()
        self._workers: list[_Worker] = []
        self._started = 0
        measure(b"x = 1\n")  # imported once, by one
        for _ in range(workers):
            self._start()

    def _start(self) -> None:
        self._started += 1
        worker = _Worker(self._tasks, self._answers, self._waiting, self._started)
        usual = threading.stack_size(_STACK)
        try:
            worker.start()
        finally:
            threading.stack_size(usual)
        self._workers.append(worker)

    @property
    def is_hungry(self) -> bool:
        """See Executor."""
        return self._tasks.qsize() < self.lanes

    @property
    def waiting(self) -> int:
        """See Executor."""
        return len(self._waiting)

    def submit(self, batch: list[Task]) -> None:
        """See Executor."""
        self._waiting.update(task.key for task in batch)
        for task in batch:
            self._tasks.put(task)

    def answer(self, timeout: float | None = None) -> Answer | None:
        """See Executor."""
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            self._leave_behind()
            try:
                found = self._answers.get(timeout=min(_LOOK, max(0.0, end - time.monotonic())))
            except Empty:
                if time.monotonic() >= end:
                    return None
                continue
            if found.key in self._waiting:
                self._waiting.discard(found.key)
                return found

    def _leave_behind(self) -> None:
        """Wait no longer for what hangs."""
        for worker in [each for each in self._workers if each.hangs(executor.HANGS_AFTER)]:
            self._workers.remove(worker)
            worker.is_left = True
            self._answers.put(Answer(worker.key, HANGS))
            self._start()

    def forget(self) -> None:
        """See Executor: what was begun goes on, and nobody listens."""
        self._waiting.clear()

    def close(self) -> None:
        """See Executor: what was begun is not waited for."""
        self._waiting.clear()
        for _ in self._workers:
            self._tasks.put(None)


class _Worker(threading.Thread):
    """One thread; ``key`` is of the source that it is at, or was."""

    def __init__(
        self, tasks: "SimpleQueue[Task | None]", answers: "SimpleQueue[Answer]", waiting: set[str], lane: int
    ) -> None:
        super().__init__(daemon=True)
        self._lane = lane
        self.key = ""
        self.is_left = False
        self._tasks = tasks
        self._answers = answers
        self._waited_for = waiting
        self._since: float | None = None

    def run(self) -> None:
        """Measure as long as there is anything."""
        while not self.is_left and (task := self._tasks.get()) is not None:
            if task.key in self._waited_for:
                self.key, self._since = task.key, time.monotonic()
                begun = time.perf_counter()
                result = measure(task.source)
                self._since = None
                clocked = Clocked(begun, time.perf_counter() - begun, self._lane)
                self._answers.put(Answer(task.key, result, clocked))

    def hangs(self, seconds: float) -> bool:
        """Whether it has been at one source for so long."""
        since = self._since
        return since is not None and time.monotonic() - since > seconds
