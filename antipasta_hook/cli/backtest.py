"""``antipasta-hook backtest``: what the settings would have done to the repository's own history."""

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TextIO

from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE, EXIT_INTERRUPTED, EXIT_PASS
from antipasta_hook.cli.screen import look
from antipasta_hook.cli.streams import put
from antipasta_hook.config.settings import Layer, Told, told
from antipasta_hook.model import Failure, Gate
from antipasta_hook.model.backtest import Backtest, Question
from antipasta_hook.report.backtest import FORMATS, renderer
from antipasta_hook.report.backtest.phrases import asked

if TYPE_CHECKING:
    from antipasta_hook.replay import Step

DEFAULT_LAST: Final = 500
_DIGITS: Final = 9
_A_FILE_S: Final = 1_000
"""Columns."""
_MOST_JOBS: Final = 256
_ON_A_TERMINAL, _ELSEWHERE = 0.1, 5.0
"""Seconds between two words of progress."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    window = parser.add_mutually_exclusive_group()
    window.add_argument(
        "--last",
        type=_number,
        metavar="N",
        help=f"the last N commits that touch Python files (default: {DEFAULT_LAST})",
    )
    window.add_argument("--since", metavar="DATE", help="all of them since a date, in any form that git takes")
    parser.add_argument("--format", choices=list(FORMATS), default="text", help="how to write it (default: text)")
    settings = parser.add_mutually_exclusive_group()
    settings.add_argument(
        "--settings", choices=["today", "own"], default="today", help="the staged ones, or those of each commit"
    )
    settings.add_argument("--config", metavar="FILE", help="use this settings file instead of the repository's")
    parser.add_argument("--gate", choices=[str(gate) for gate in Gate], help="what would have blocked")
    parser.add_argument("--jobs", type=_jobs, metavar="N", help="processes that measure (default: as processors)")
    parser.add_argument("--no-cache", action="store_true", help="measure everything anew, keep nothing")
    parser.add_argument("--reader", choices=["auto", "pygit2", "git"], help="who reads the repository")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing of the progress")


def run(arguments: argparse.Namespace) -> int:
    """Replay and report: of what was done until then, where it is interrupted. Whatever is found, it is no failure."""
    from antipasta_hook.replay import Replay

    question = _question(arguments)
    progress = Progress(None if arguments.quiet else sys.stderr, os.environ, question.last)
    replay = Replay(
        arguments.directory,
        question=question,
        told=Told(_flags(arguments), arguments.config, arguments.jobs),
        use_cache=not arguments.no_cache,
        tell=progress.tell,
    )
    gc.disable()  # hundreds of thousands of tuples in no cycle, which it would walk again and again
    try:
        replay.run()
    except KeyboardInterrupt:
        found = replay.answer()
        if found is None:
            raise
        code = EXIT_INTERRUPTED
    else:
        found, code = replay.answer(), EXIT_PASS
    finally:
        gc.enable()
        progress.end()
    if found is None:
        raise Failure(
            f"there are none of {asked(replay.question)}",
            kind="no-commits",
            recovery="name an earlier date, or a number of commits: --last N" if question.since is not None else "",
            usage=True,
        )
    return code if _show(found, arguments.format) else EXIT_CANNOT_JUDGE


def _question(arguments: argparse.Namespace) -> Question:
    last = None if arguments.since is not None else arguments.last or DEFAULT_LAST
    return Question(last, arguments.since, own=arguments.settings == "own")


def _flags(arguments: argparse.Namespace) -> Layer:
    given = {name: getattr(arguments, name) for name in ("gate", "reader")}
    return told(**{name: value for name, value in given.items() if value is not None})


def _show(found: Backtest, name: str) -> bool:
    """Write it; whether that could be done. What is no terminal has lines as long as they are."""
    screen = look(sys.stdout, os.environ).screen
    return put(renderer(name)(found, screen if _columns(sys.stdout, os.environ) else screen._replace(width=_A_FILE_S)))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS or not int(text):
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {10**_DIGITS - 1:,}, not {text!r}")
    return int(text)


def _jobs(text: str) -> int:
    return min(_number(text), _MOST_JOBS)


class Progress:
    """What is told while it goes on: one line that changes on a terminal, a line now and then elsewhere.

    ``stream`` None: nothing is told. ``last`` is how many commits there are to be at most.
    """

    def __init__(
        self,
        stream: TextIO | None,
        environ: Mapping[str, str],
        last: int | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._columns = _columns(stream, environ)
        self._pause = _ON_A_TERMINAL if self._columns else _ELSEWHERE
        self._of = "" if last is None else f" of {last:,}"
        self._clock = clock
        self._next = clock() + self._pause
        self._drawn = 0

    def tell(self, step: "Step") -> None:
        """Say how far it has come, if it is time to."""
        if self._stream is None or self._clock() < self._next:
            return
        self._next = self._clock() + self._pause
        text = (
            f"antipasta-hook: {step.judged:,}{self._of} commits, {step.stopped:,} stopped; "
            f"{step.measured:,} file versions measured"
        )
        if self._columns:
            text = text[: self._columns - 1]
            self._write(f"\r{text:{self._drawn}}")
            self._drawn = len(text)
        else:
            self._write(f"{text}\n")

    def end(self) -> None:
        """Leave nothing of it on a terminal."""
        if self._drawn:
            self._write(f"\r{'':{self._drawn}}\r")
            self._drawn = 0

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            if self._stream is not None:
                self._stream.write(text)
                self._stream.flush()


def _columns(stream: TextIO | None, environ: Mapping[str, str]) -> int:
    """The width of a terminal that somebody looks at, else 0; hook managers give theirs no size."""
    try:
        size = os.get_terminal_size(stream.fileno()) if stream is not None and stream.isatty() else (0, 0)
    except (OSError, ValueError):
        size = (0, 0)
    return size[0] if min(size) > 0 and environ.get("TERM") != "dumb" else 0
