"""``antipasta-hook backtest``: what the settings would have done to the repository's own history."""

import argparse
import gc
import os
import sys
from typing import Final

from antipasta_hook.cli import judging
from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE, EXIT_INTERRUPTED, EXIT_PASS
from antipasta_hook.cli.progress import commits, size_of, watched
from antipasta_hook.cli.screen import look
from antipasta_hook.cli.streams import put, say
from antipasta_hook.config.settings import Layer, Told, told
from antipasta_hook.model import Failure, Gate
from antipasta_hook.model.backtest import Backtest, Question
from antipasta_hook.report.backtest import FORMATS, renderer
from antipasta_hook.report.backtest.phrases import asked
from antipasta_hook.report.words import printable

DEFAULT_LAST: Final = 500
_DIGITS: Final = 9
_A_FILE_S: Final = 1_000
"""Columns."""


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
    judging.add_workers(parser)
    parser.add_argument("--no-cache", action="store_true", help="measure everything anew, keep nothing")
    parser.add_argument("--reader", choices=["auto", "pygit2", "git"], help="who reads the repository")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing of the progress")


def run(arguments: argparse.Namespace) -> int:
    """Replay and report: of what was done until then, where it is interrupted. Whatever is found, it is no failure."""
    from antipasta_hook.replay.run import Replay

    question = _question(arguments)
    progress = watched(quiet=arguments.quiet)
    replay = Replay(
        arguments.directory,
        question=question,
        told=Told(_flags(arguments), arguments.config, arguments.jobs, arguments.executor),
        use_cache=not arguments.no_cache,
        tell=lambda step: progress.tell(commits(step, question.last)),
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
    for remark in replay.remarks:
        say(remark)
    if arguments.debug:
        say(f"executor: {replay.executor}")
    if found is None:
        raise Failure(
            f"there are none of {printable(asked(replay.question))}",
            kind="no-commits",
            recovery="name an earlier date, or a number of commits: --last N" if question.since is not None else "",
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
    return put(renderer(name)(found, screen if size_of(sys.stdout) else screen._replace(width=_A_FILE_S)))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS or not int(text):
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {10**_DIGITS - 1:,}, not {text!r}")
    return int(text)
