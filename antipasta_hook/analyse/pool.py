"""Measuring in child processes: quicker where there are several processors, and a child can be killed."""

import math
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Final, Self

from antipasta_hook.analyse.child import HANGS_AFTER, Answer, Child, Result, Task

_BATCH: Final = 48 * 1024
"""Bytes of source that are handed over at a time: some 15 ms of work."""
_STUCK: Final = 0.05
"""Seconds after which a source that nobody waits for any more is not worth waiting for its end."""
_LOOK: Final = 1.0


class NoWorkers(Exception):  # noqa: N818 - where no process can be started the work is done here
    """No child is left, and none could be started; ``waiting`` is what was not measured."""

    def __init__(self, waiting: list[Task]) -> None:
        super().__init__()
        self.waiting = waiting


class Pool:
    """Children at work. For one thread: the one that made it. Close it, else they live as long as this process."""

    def __init__(self, workers: int) -> None:
        self._tasks: SimpleQueue[list[Task] | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[Task, Result] | None] = SimpleQueue()
        self._turn = 0
        self._waiting: dict[str, Task] = {}
        self._deadly: set[str] = set()
        self._workers = [Child(self._tasks, self._answers, self._waiting, self._deadly) for _ in range(workers)]
        self._left = sum(map(_is_started, self._workers))

    @property
    def is_hungry(self) -> bool:
        """Whether a worker may soon have nothing to go on with; or there is none, as who submits something learns."""
        return self._tasks.qsize() < self._left or not self._left

    @property
    def waiting(self) -> int:
        """How many sources have no answer yet."""
        return len(self._waiting)

    def submit(self, batch: list[Task]) -> None:
        """Hand some tasks to the first worker that is free; each key once. Raises NoWorkers."""
        numbered = [task._replace(turn=self._turn) for task in batch]
        self._waiting.update((task.key, task) for task in numbered)
        if not self._left:
            raise self._no_workers()
        self._tasks.put(numbered)

    def answer(self, timeout: float | None = None) -> Answer | None:
        """The next result; None where there is none within ``timeout`` seconds. Raises NoWorkers.

        Waiting is interruptible, and ends what hangs.
        """
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            try:
                found = self._answers.get(timeout=min(_LOOK, max(0.0, end - time.monotonic())))
            except Empty:
                if time.monotonic() >= end:
                    return None
                self._kill_after(HANGS_AFTER, hangs=True)
            else:
                if found is None:
                    self._one_less()
                elif self._is_waited_for(found[0]):
                    task, result = found
                    del self._waiting[task.key]
                    return Answer(task.key, result)

    def _is_waited_for(self, task: Task) -> bool:
        """Whether somebody waits for this, and not for the same once more."""
        wanted = self._waiting.get(task.key)
        return wanted is not None and wanted.turn == task.turn

    def _one_less(self) -> None:
        """A worker has given up."""
        self._left -= 1
        if not self._left:
            raise self._no_workers()

    def _no_workers(self) -> NoWorkers:
        return NoWorkers([task._replace(again=task.key in self._deadly) for task in self._waiting.values()])

    def _kill_after(self, seconds: float, *, hangs: bool) -> None:
        for worker in self._workers:
            worker.kill_after(seconds, hangs=hangs)

    def each(self, tasks: Iterator[Task]) -> Iterator[Answer]:
        """Measure all of these. Raises NoWorkers."""
        batches = _batches(tasks)
        ended = False
        while True:
            while self.is_hungry and not ended:
                batch = next(batches, None)
                ended = batch is None
                if batch is not None:
                    self.submit(batch)
            if ended and not self._waiting:
                return
            if found := self.answer():
                yield found

    def forget(self) -> None:
        """Nobody waits any more for what was submitted: what has not begun is dropped, who is stuck in it is killed."""
        if self._waiting:
            self._waiting.clear()
            self._turn += 1
            self._kill_after(_STUCK, hangs=False)

    def close(self) -> None:
        """Kill the children."""
        for worker in self._workers:
            worker.end()
        for _ in self._workers:
            self._tasks.put(None)
        for worker in self._workers:
            if worker.ident is not None:
                worker.join(_LOOK)

    def __enter__(self) -> Self:
        """A pool is its own context."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, whatever happened."""
        self.close()


def _is_started(child: Child) -> bool:
    """Start the thread of a child, if this process may have one more."""
    try:
        child.start()
    except RuntimeError:
        return False
    return True


def _batches(tasks: Iterator[Task]) -> Iterator[list[Task]]:
    batch: list[Task] = []
    size = 0
    for task in tasks:
        batch.append(task)
        size += len(task.source)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
