"""What is told while something takes long: a bar on a terminal, a line every few seconds in a log.

On standard error, and nothing if it is quick. A stream that is closed, or read by nobody any more, changes nothing.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from antipasta_hook.analyse.course import Step
    from antipasta_hook.replay.run import Step as Replayed

_FIRST_DRAWN, _DRAWN_EVERY, _SAID_EVERY = 1.0, 0.1, 5.0
"""Seconds: what is done before the first needs no bar."""
_NAME: Final = "antipasta-hook"


class At(NamedTuple):
    """How far something has come: so many of ``total`` (None: nobody knows) of what it counts, in ``unit``.

    ``share`` is how much of the work that is, 0 to 1; None: nobody knows. ``more`` is what else is told.
    """

    done: int
    total: int | None
    unit: str
    share: float | None
    more: str = ""


def files(step: "Step") -> At:
    """Of an analysis."""
    return At(step.done, step.total, "files", step.share)


def commits(step: "Replayed", last: int | None) -> At:
    """Of a replay of at most so many commits."""
    more = f"{step.stopped:,} stopped, {step.measured:,} file versions"
    return At(step.judged, last, "commits", step.judged / last if last else None, more)


class Progress:
    """Tells how far something has come, as often as is good. ``stream`` None: nothing is told.

    It is its own context, at the end of which nothing of it is left on a terminal.
    """

    def __init__(
        self, stream: TextIO | None, environ: Mapping[str, str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._environ = environ
        self._is_seen = size_of(stream) is not None and environ.get("TERM") != "dumb" and not environ.get("CI")
        self._clock = clock
        self._begun = clock()
        self._next = self._begun + (_FIRST_DRAWN if self._is_seen else _SAID_EVERY)
        self._drawn: tuple[Bar, TaskID] | None = None

    def tell(self, at: At) -> None:
        """Say how far it has come, if it is time to."""
        now = self._clock()
        if self._stream is None or now < self._next:
            return
        self._next = now + (_DRAWN_EVERY if self._is_seen else _SAID_EVERY)
        with suppress(OSError, ValueError):
            if self._is_seen:
                self._draw(at, now - self._begun)
            else:
                self._stream.write(f"{_NAME}: {in_words(at, now - self._begun)}\n")
                self._stream.flush()

    def _draw(self, at: At, seconds: float) -> None:
        if self._drawn is None:
            self._drawn = self._bar()
        bar, task = self._drawn
        if size := size_of(self._stream):
            bar.console.size = size  # rich would ask standard input first
        bar.update(task, completed=at.share or 0, total=None if at.share is None else 1, words=in_words(at, seconds))
        bar.start()  # if it has not been
        bar.refresh()

    def _bar(self) -> "tuple[Bar, TaskID]":
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar
        from rich.table import Column

        console = Console(file=self._stream, force_terminal=True, emoji=False, legacy_windows=None)
        words = TextColumn("{task.fields[words]}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis"))
        bar = Bar(
            TextColumn(_NAME, table_column=Column(no_wrap=True)),
            BarColumn(20),
            words,
            console=console,
            auto_refresh=False,  # nobody but us writes, so that nobody but us has to bear a closed stream
            redirect_stdout=False,
            redirect_stderr=False,
            transient=True,
        )
        return bar, bar.add_task("", total=1, words="")

    def end(self) -> None:
        """Leave nothing of it on a terminal."""
        drawn, self._drawn = self._drawn, None
        if drawn is not None:
            with suppress(OSError, ValueError):
                drawn[0].stop()

    def __enter__(self) -> Self:
        """See the class."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """See the class."""
        self.end()


def in_words(at: At, seconds: float) -> str:
    """What is told, after so many seconds: how many, how quick, and how long it will take."""
    of = "" if at.total is None else f" of {at.total:,}"
    rate = at.done / seconds if seconds > 0 else 0
    words = [f"{at.done:,}{of} {at.unit}", f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s"]
    if at.share:
        words.append(f"{_duration(seconds * (1 - at.share) / at.share)} left")
    return ", ".join([*words, *filter(None, [at.more])])


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def size_of(stream: TextIO | None) -> tuple[int, int] | None:
    """Columns and lines of a terminal that somebody looks at, else None; hook managers give theirs no size."""
    try:
        size = os.get_terminal_size(stream.fileno()) if stream is not None and stream.isatty() else (0, 0)
    except (OSError, ValueError):
        return None
    return (size[0], size[1]) if min(size) > 0 else None


def watched(*, quiet: bool) -> Progress:
    """What is told of this process."""
    return Progress(None if quiet else sys.stderr, os.environ)
