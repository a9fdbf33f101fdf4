"""Measuring in child processes: quicker where there are several processors, and a child can be killed."""

import math
import threading
import time
from collections import deque
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Final, Self

from antipasta_hook.analyse import executor, machine
from antipasta_hook.analyse.child import Child, Measured, Suspect
from antipasta_hook.analyse.executor import Answer, NoWorkers, Task

_STUCK: Final = 0.05
"""Seconds after which a source that nobody waits for any more is not worth waiting for its end."""
_LOOK: Final = 1.0
LOW_MEMORY: Final = 128 * 1024 * 1024
"""Bytes; when less is free than that a child is let go, as long as another one is left."""


class Pool:
    """Children at work, as an Executor. A source at which one came to grief has its second turn when no other works.

    They are given the bytes: it is cheaper than letting each of them open the repository.
    """

    batch: Final = 32 * 1024
    """Some 10 ms of work: at the end no child waits much longer for the others."""

    def __init__(self, workers: int) -> None:
        self.lanes: Final = workers
        self._tasks: SimpleQueue[list[Task] | None] = SimpleQueue()
        self._answers: SimpleQueue[Measured | Suspect | None] = SimpleQueue()
        self._turn = 0
        self._waiting: dict[str, Task] = {}
        self._suspects: deque[Task] = deque()
        self._alone: str | None = None
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        self._going = workers
        shared = (self._tasks, self._answers, self._waiting, self._is_wanted)
        self._workers = [Child(*shared, lane=lane) for lane in range(1, workers + 1)]
        self._left = sum(map(_is_started, self._workers))
        with self._lock:
            self._going -= workers - self._left

    @property
    def is_hungry(self) -> bool:
        """See Executor; where no worker is left, who submits something learns it."""
        return self._alone is None and (self._tasks.qsize() < self._left or not self._left)

    @property
    def waiting(self) -> int:
        """See Executor."""
        return len(self._waiting)

    def submit(self, batch: list[Task]) -> None:
        """See Executor."""
        numbered = [task._replace(turn=self._turn) for task in batch]
        self._waiting.update((task.key, task) for task in numbered)
        if not self._left:
            raise self._no_workers()
        self._tasks.put(numbered)

    def answer(self, timeout: float | None = None) -> Answer | None:
        """See Executor; waiting ends what hangs."""
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            self._try_again()
            self._look_after()
            try:
                found = self._answers.get(timeout=min(_LOOK, max(0.0, end - time.monotonic())))
            except Empty:
                if time.monotonic() >= end:
                    return None
                continue
            if (answer := self._taken(found)) is not None:
                return answer

    def _taken(self, found: Measured | Suspect | None) -> Answer | None:
        """An answer that somebody waits for."""
        if found is None:
            self._one_less()
        elif not self._is_waited_for(found.task):
            return None
        elif isinstance(found, Suspect):
            self._suspects.append(found.task._replace(again=True))
        else:
            if found.task.key == self._alone:
                self._alone = None
            del self._waiting[found.task.key]
            return Answer(found.task.key, found.result, found.clocked)
        return None

    def _is_waited_for(self, task: Task) -> bool:
        """Whether somebody waits for this, and not for the same once more."""
        wanted = self._waiting.get(task.key)
        return wanted is not None and wanted.turn == task.turn

    def _try_again(self) -> None:
        """Where nothing else is left, give a suspect its second turn."""
        if self._suspects and self._alone is None and len(self._suspects) == len(self._waiting):
            task = self._suspects.popleft()
            self._alone = task.key
            self._tasks.put([task])

    def _one_less(self) -> None:
        """A worker has given up, or was let go."""
        self._left -= 1
        if not self._left:
            raise self._no_workers()

    def _no_workers(self) -> NoWorkers:
        deadly = {self._alone, *(task.key for task in self._suspects)}
        return NoWorkers([task._replace(again=task.key in deadly) for task in self._waiting.values()])

    def _look_after(self) -> None:
        """Now and then, end what hangs, and one child where memory is short."""
        if time.monotonic() - self._looked < _LOOK:
            return
        self._looked = time.monotonic()
        self._kill_after(executor.HANGS_AFTER, hangs=True)
        if not self._is_wanted():
            self._tasks.put(None)

    def _is_wanted(self) -> bool:
        """Whether a child may go on, or be followed by another one: not where memory is short and others are left."""
        free = machine.free_memory()
        if free is None or free >= LOW_MEMORY:
            return True
        with self._lock:
            if self._going == 1:
                return True
            self._going -= 1
            return False

    def _kill_after(self, seconds: float, *, hangs: bool) -> None:
        for worker in self._workers:
            worker.kill_after(seconds, hangs=hangs)

    def forget(self) -> None:
        """See Executor: what has not begun is dropped, who is stuck in it is killed."""
        self._suspects.clear()
        self._alone = None
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
