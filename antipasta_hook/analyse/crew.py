"""Who may help to measure: nobody is started before somebody wants it, and nobody is left behind."""

import sys
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from antipasta_hook.model import Failure, Problem
from antipasta_hook.plan import Pace, pays_for_children

if TYPE_CHECKING:
    from antipasta_hook.analyse.choice import Choice, Machine, Wish
    from antipasta_hook.analyse.executor import Answer, Executor, Task


_HERE: Final = "what it did not measure was measured here"


class Crew:
    """``most`` at a time: by default as many as the machine bears; 0 for none. ``executor``: who, where it is told.

    ``remarks`` are what a person has to be told of what became of them.
    """

    def __init__(self, most: int | None = None, executor: str | None = None) -> None:
        self.remarks: list[Problem] = []
        self._most = most
        self._wanted = executor
        self._executor: Executor | None = None
        self._choice: Choice | None = None
        self._found: Machine | None = None
        self._failed = False
        self._size = 0

    @property
    def is_called(self) -> bool:
        """Whether there are others at work."""
        return self._executor is not None

    @property
    def can_help(self) -> bool:
        """Whether others can be had, as far as is known."""
        return not self._failed and self._most != 0 and self._wanted != "in-process"

    def pays(self, size: int) -> bool:
        """Whether others are to measure sources of so many bytes: sooner than this process, or because it is told so.

        Raises Failure where those who are told cannot be had.
        """
        self._size = max(size, self._size)
        if not self.can_help or not size:
            return False
        if self._wanted is None and not pays_for_children(size) and not _has_no_lock():
            return False
        from antipasta_hook.analyse.choice import IN_PROCESS, choose

        self._choice = choose(size, self._machine, self._wish)
        return self._choice.executor != IN_PROCESS

    def fail(self) -> None:
        """Nobody can be had here, or nobody is left."""
        from antipasta_hook.analyse.choice import CLUSTER

        self._failed = True
        if self._choice is not None and self._choice.executor.startswith(CLUSTER):
            self.remarks.append(Problem("executor-lost", f"{self._choice.executor} was lost", recovery=_HERE))
        self.dismiss()

    @property
    def size(self) -> int:
        """How many there are at a time, or would be."""
        if self._executor is not None:
            return self._executor.lanes
        from antipasta_hook.analyse.choice import stoppable

        return 0 if self._most == 0 else stoppable(self._machine, self._wish, "").workers

    @property
    def pace(self) -> Pace:
        """As estimated, by as many at a time: nothing else is known before the work begins."""
        return Pace(lanes=max(1, self.size))

    @property
    def account(self) -> str:
        """Who measures, and why, for people."""
        if self._failed:
            return "in-process: nobody else could be had"
        from antipasta_hook.analyse.choice import choose

        executor, workers, why = self._choice or choose(self._size, self._machine, self._wish)
        return f"{executor}{f', {workers} at a time' if workers > 1 else ''}: {why}"

    def pool(self) -> "Executor":
        """The others, started now if they were not yet; they get ready while this process goes on. Raises Failure."""
        if self._executor is None:
            from antipasta_hook.analyse.choice import IN_PROCESS, stoppable

            if self._choice is None or self._choice.executor == IN_PROCESS:
                self._choice = stoppable(self._machine, self._wish, "what is begun must end in time")
            self._executor = started(self._choice)
            self._choice = self._choice._replace(workers=self._executor.lanes)
        return self._executor

    def measured(self, tasks: "Iterator[Task]") -> "Iterator[Answer]":
        """Have all of these measured; answers come as they are ready. Where nobody can be had it is done here.

        ``tasks`` is read in the caller's thread as the work goes on.
        """
        from antipasta_hook.analyse.executor import CRASHED, Answer, NoWorkers, each
        from antipasta_hook.metrics import measure

        waiting: list[Task] = []
        try:
            yield from each(self.pool(), tasks)
        except NoWorkers as none:
            waiting = none.waiting
            self.fail()
        for task in (*waiting, *tasks):
            yield Answer(task.key, CRASHED if task.again else measure(task.source))

    def dismiss(self) -> None:
        """Let them go; others may be called."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.close()

    @property
    def _machine(self) -> "Machine":
        if self._found is None:
            from antipasta_hook.analyse.machine import look

            self._found = look()
        return self._found

    @property
    def _wish(self) -> "Wish":
        from antipasta_hook.analyse.choice import Wish

        return Wish(self._wanted, self._most)

    def __enter__(self) -> Self:
        """A crew is its own context."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Dismiss it, whatever happened."""
        self.dismiss()


def started(choice: "Choice") -> "Executor":
    """The workers of a choice, at work. Raises Failure."""
    from antipasta_hook.analyse.choice import CLUSTER, THREADS

    if choice.executor == THREADS:
        from antipasta_hook.analyse import machine
        from antipasta_hook.analyse.threads import Threads

        if not machine.is_free_threaded():
            raise Failure(
                "threads would measure one after the other: this Python runs one at a time",
                kind="executor",
                recovery="leave --executor threads out, or run a free-threaded Python",
            )
        return Threads(choice.workers)
    if choice.executor.startswith(CLUSTER):
        from antipasta_hook.analyse.cluster import Cluster

        return Cluster(choice.executor.removeprefix(CLUSTER), choice.workers or None)
    from antipasta_hook.analyse.pool import Pool

    return Pool(choice.workers)


def _has_no_lock() -> bool:
    """Whether this Python could run threads at the same time, which makes them worth a thought."""
    return not getattr(sys, "_is_gil_enabled", lambda: True)()
