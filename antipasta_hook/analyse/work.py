"""Measuring one blob after the other until the time is up: in this process, or by others that can be stopped."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from antipasta_hook.analyse.bench import Bench, Want
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.model import FileMetrics
from antipasta_hook.plan import MOST_PER_BYTE_MS

if TYPE_CHECKING:
    from antipasta_hook.analyse.course import Course, Tell
    from antipasta_hook.analyse.executor import Answer, Executor, Task

Left = Callable[[], float]
"""Milliseconds until nothing more may be begun; infinite where there is no end."""
Then = Callable[[str], Iterable[Want]]
"""What is wanted besides, and at once, now that a blob is known."""

_LOOKED_UP: Final = 200
"""Blobs that the cache is asked for at a time, where there may be no time for all."""
_SIZED: Final = 2_000
"""Blobs whose sizes are asked for before anything is measured; an answer takes 20 to 100 microseconds."""
_HELP_MS: Final = 100
"""What this process measures while it waits for others takes no longer, whatever stands in it."""
_GIANTS: Final = 400_000
"""Bytes that others are at: they may take longer than what is urgent can wait."""
_STARTING_MS: Final = 150
"""What is left must be more, else no child is started for it."""


def nothing(_oid: str) -> Iterable[Want]:
    """Nothing is wanted besides."""
    return ()


class Work:
    """The work on one bench. The crew helps where that pays, and with all that must not hold up this process.

    ``tell`` is called as it goes on.
    """

    def __init__(self, bench: Bench, crew: Crew, tell: "Tell | None" = None) -> None:
        self._bench = bench
        self._crew = crew
        self._course = _course(bench, tell) if tell is not None else None

    def do(self, wants: Sequence[Want], left: Left, then: Then = nothing, grace_ms: float = 0) -> list[Want]:
        """Measure these, in order; gives what there was no time for.

        What was begun in time may take ``grace_ms`` longer.
        """
        if self._course is not None:
            self._course.expect(wants)
        if not self._crew.is_called:
            self._bench.look_up(wants[:_SIZED])
            if not self._crew.pays(self._size(wants)):
                undone = self._here(self._queue(wants, then), left)
                if not undone or left() < _STARTING_MS or not self._crew.can_help:
                    return undone
                wants = undone
        if math.isinf(left()):  # longest first, so that at the end nobody waits for one who has just begun the longest
            wants = sorted(wants, key=lambda want: -self._bench.size(want.oid))
        return self._by_crew(self._queue(wants, then), left, grace_ms)

    def _queue(self, wants: Sequence[Want], then: Then) -> "_Queue":
        return _Queue(wants, then, self._bench, self._course)

    def _size(self, wants: Sequence[Want]) -> int:
        """Bytes of what is still to be measured; of very many files, about."""
        some = wants[:_SIZED]
        size = sum(self._bench.size(want.oid) for want in some if not self._bench.is_settled(want))
        return size * len(wants) // len(some) if some else 0

    def _here(self, queue: "_Queue", left: Left) -> list[Want]:
        """Measure in this process, which nothing stops: only what is done in time whatever stands in it."""
        refused: list[Want] = []
        while (want := queue.next()) is not None:
            room = left()
            if room <= 0:
                return [*refused, want, *queue.rest()]
            source = self._bench.source(want)
            if source is not None and len(source) * MOST_PER_BYTE_MS > room:
                refused.append(want)
                continue
            if source is not None:
                self._bench.measure(want.oid, source)
            queue.is_known(want.oid)
        return refused

    def _by_crew(self, queue: "_Queue", left: Left, grace_ms: float) -> list[Want]:
        """Keep the crew busy; when the time is up what it has not done is dropped."""
        from antipasta_hook.analyse.executor import NoWorkers

        pool = self._crew.pool()
        try:
            while self._help(queue, left) or self._feed(pool, queue, left):
                room = left() + grace_ms
                answer = pool.answer(None if math.isinf(room) else max(0.0, room / 1000))
                if answer is None:
                    break
                self._take(answer, queue)
        except NoWorkers as none:
            self._crew.fail()
            for task in none.waiting:
                queue.lost(task.key, crashed=task.again)
            return self._here(queue, left)
        pool.forget()
        return queue.rest()

    def _help(self, queue: "_Queue", left: Left) -> bool:
        """Measure here what is urgent and small where others are at giants, which must not starve it.

        False, so that it can stand before what else is to be done.
        """
        while queue.begun_bytes > _GIANTS and (want := queue.urgent()) is not None:
            if self._bench.size(want.oid) * MOST_PER_BYTE_MS > min(_HELP_MS, left()):
                queue.postpone(want)
                break
            source = self._bench.source(want)
            if source is not None:
                self._bench.measure(want.oid, source)
            queue.is_known(want.oid)
        return False

    def _feed(self, pool: "Executor", queue: "_Queue", left: Left) -> bool:
        """Hand out work as long as there are takers and there is time; whether there is any answer to wait for."""
        while pool.is_hungry and left() > 0:
            batch = self._batch(queue, left, pool.batch)
            if not batch:
                break
            pool.submit(batch)
        return bool(pool.waiting)

    def _batch(self, queue: "_Queue", left: Left, most: int) -> "list[Task]":
        from antipasta_hook.analyse.executor import Task

        batch: list[Task] = []
        size = 0
        while size < most and left() > 0 and (want := queue.next()) is not None:
            source = self._bench.source(want)
            if source is None:
                queue.is_known(want.oid)
            else:
                queue.is_begun(want)
                batch.append(Task(want.oid, source))
                size += len(source)
        return batch

    def _take(self, answer: "Answer", queue: "_Queue") -> None:
        if isinstance(answer.result, FileMetrics):
            self._bench.record(answer.key, answer.result, answer.clocked)
        else:
            self._bench.lose(answer.key, *answer.result)
        queue.is_known(answer.key)


def _course(bench: Bench, tell: "Tell") -> "Course":
    from antipasta_hook.analyse.course import Course

    return Course(bench, tell)


class _Queue:
    """What is still wanted; what follows from a blob that is known comes before the rest."""

    def __init__(self, wants: Sequence[Want], then: Then, bench: Bench, course: "Course | None") -> None:
        self._waiting = deque(wants)
        self._urgent: deque[Want] = deque()
        self._begun: dict[str, Want] = {}
        self._followed: set[str] = set()
        self._then = then
        self._bench = bench
        self._course = course
        self._looked_up = 0

    def next(self) -> Want | None:
        """The next blob of which nothing is known yet."""
        while want := self._next():
            if want.oid in self._begun:
                continue
            if not self._bench.is_settled(want):
                return want
            self.is_known(want.oid)
        return None

    @property
    def begun_bytes(self) -> int:
        """How much somebody is at, or will be next."""
        return sum(map(self._bench.size, self._begun))

    def urgent(self) -> Want | None:
        """The next of those that come before the rest."""
        while self._urgent:
            want = self._urgent.popleft()
            if want.oid not in self._begun and not self._bench.is_settled(want):
                return want
            if want.oid not in self._begun:
                self.is_known(want.oid)
        return None

    def postpone(self, want: Want) -> None:
        """Put it back, before all others."""
        self._urgent.appendleft(want)

    def _next(self) -> Want | None:
        if self._urgent:
            return self._urgent.popleft()
        if not self._waiting:
            return None
        if not self._looked_up:
            self._looked_up = min(_LOOKED_UP, len(self._waiting))
            self._bench.look_up([self._waiting[place] for place in range(self._looked_up)])
        self._looked_up -= 1
        return self._waiting.popleft()

    def is_begun(self, want: Want) -> None:
        """Somebody measures it."""
        self._begun[want.oid] = want

    def is_known(self, oid: str) -> None:
        """It has been measured, or need not be."""
        self._begun.pop(oid, None)
        if oid in self._followed:  # files may have changed places
            return
        self._followed.add(oid)
        wanted = list(self._then(oid))
        if self._course is not None:
            self._course.expect(wanted)
            self._course.known(oid)
        if wanted:
            self._bench.look_up(wanted)
            self._urgent.extend(wanted)

    def lost(self, oid: str, *, crashed: bool) -> None:
        """Nobody measures it any more."""
        from antipasta_hook.analyse.executor import CRASHED

        want = self._begun.pop(oid)
        if crashed:
            self._bench.lose(oid, *CRASHED)
        else:
            self._urgent.append(want)

    def rest(self) -> list[Want]:
        """All that is still wanted, what was begun first."""
        return [*self._begun.values(), *self._urgent, *self._waiting]
