"""``antipasta-hook run``: judge what is staged, or what the environment or the arguments name instead."""

import argparse
import os
import sys

from antipasta_hook.cli import judging
from antipasta_hook.cli.modes import asked
from antipasta_hook.model import Ask, Failure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("files", nargs="*", metavar="FILES", help="report on these only (all that is staged is read)")
    parser.add_argument("--from-ref", metavar="A", help="judge what leads from A ...")
    parser.add_argument("--to-ref", metavar="B", help="... to B (default: HEAD), from their merge base on")
    parser.add_argument("--all-files", action="store_true", help="every Python file, not only what is staged")
    parser.add_argument(
        "--pre-push", action="store_true", help="as git's pre-push hook: REMOTE and URL instead of FILES, refs on stdin"
    )
    judging.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Judge, report, and return the exit code."""
    arguments.asked = asked(arguments, os.environ, b"")
    if arguments.asked.what == Ask.CI:
        from antipasta_hook.cli.ci import based

        return judging.judge(arguments, based(arguments.asked, None, os.environ))
    pushed = _pushed() if arguments.pre_push else b""
    return judging.judge(arguments, arguments.asked._replace(pushed=pushed))


def _pushed() -> bytes:
    """What git says on standard input that it is about to push; one byte more than may be read."""
    from antipasta_hook.changes.pushes import LARGEST

    try:
        return sys.stdin.buffer.read(LARGEST + 1)
    except (AttributeError, OSError, ValueError) as error:
        raise Failure(
            "standard input, where git says what it pushes, cannot be read",
            kind="stdin",
            recovery="run it as git's pre-push hook",
        ) from error
