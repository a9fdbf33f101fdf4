"""The children that may help: none is started before somebody wants it, and none is left behind."""

import os
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from antipasta_hook.plan import Pace

if TYPE_CHECKING:
    from antipasta_hook.analyse.child import Answer, Task
    from antipasta_hook.analyse.pool import Pool


class Crew:
    """``most`` children at a time: by default as many as there are processors; 0 for none at all."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._pool: Pool | None = None
        self._failed = False

    @property
    def is_called(self) -> bool:
        """Whether there are children."""
        return self._pool is not None

    @property
    def can_help(self) -> bool:
        """Whether children can be had, as far as is known."""
        return not self._failed and self._most != 0

    def fail(self) -> None:
        """No child can be had here."""
        self._failed = True
        self.dismiss()

    @property
    def size(self) -> int:
        """How many children there are, or would be."""
        if self._most is None:
            self._most = processors()
        return self._most

    @property
    def pace(self) -> Pace:
        """As estimated, by as many at a time: nothing else is known before the work begins."""
        return Pace(lanes=max(1, self.size))

    def pool(self) -> "Pool":
        """The children, started now if they were not yet; they get ready while this process goes on."""
        if self._pool is None:
            from antipasta_hook.analyse.pool import Pool

            self._pool = Pool(self.size)
        return self._pool

    def measured(self, tasks: "Iterator[Task]") -> "Iterator[Answer]":
        """Have all of these measured; answers come as they are ready. Where no child can be had it is done here.

        ``tasks`` is read in the caller's thread as the work goes on.
        """
        from antipasta_hook.analyse.child import CRASHED, Answer
        from antipasta_hook.analyse.pool import NoWorkers
        from antipasta_hook.metrics import measure

        waiting: list[Task] = []
        try:
            yield from self.pool().each(tasks)
        except NoWorkers as none:
            waiting = none.waiting
            self.fail()
        for task in (*waiting, *tasks):
            yield Answer(task.key, CRASHED if task.again else measure(task.source))

    def dismiss(self) -> None:
        """Kill the children; others may be called."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def __enter__(self) -> Self:
        """A crew is its own context."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Dismiss it, whatever happened."""
        self.dismiss()


def processors() -> int:
    """How many processors this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, _quota()))


def _quota() -> int:
    """The processors that a container is granted, where it says so (cgroup v2)."""
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:
            quota, period = map(int, file.read(100).split())
        return -(-quota // period)
    except (OSError, ValueError, ZeroDivisionError):  # not there, or "max"
        return sys.maxsize
