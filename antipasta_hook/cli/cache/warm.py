"""``antipasta-hook cache warm``: what the next commits will need, measured beforehand."""

import argparse
import os
import sys
from contextlib import suppress
from typing import Final

from antipasta_hook.cli.codes import EXIT_PASS
from antipasta_hook.cli.streams import say
from antipasta_hook.report.words import count

_LAZIEST: Final = 19


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to wait for it."""
    parser.add_argument("--detach", action="store_true", help="go on in the background, and return at once")


def run(arguments: argparse.Namespace) -> int:
    """Warm the cache, here or in a process of its own; the result is the exit code."""
    if arguments.detach:
        _detach(arguments.directory)
        return EXIT_PASS
    from antipasta_hook.replay.warm import warm

    if hasattr(os, "nice"):
        with suppress(OSError):  # not allowed
            os.nice(_LAZIEST)
    found = warm(arguments.directory, os.environ)
    if not arguments.quiet:
        say("another process is at it already" if found is None else _in_words(found.measured, found.known))
    return EXIT_PASS


def _in_words(measured: int, known: int) -> str:
    return f"{count(measured, 'file')} of HEAD measured, {known:,} known before"


def _detach(directory: str) -> None:
    """Start the same again, with nothing of this process but its interpreter and environment.

    In a hook that environment is about the commit that was made: its index must not be taken for that of HEAD.
    """
    import subprocess

    isolated = ["-E"] if sys.flags.ignore_environment else []
    environ = {name: value for name, value in os.environ.items() if name != "GIT_INDEX_FILE"}
    lazy = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0) | getattr(subprocess, "DETACHED_PROCESS", 0)
    child = subprocess.Popen(
        [sys.executable, *isolated, "-P", "-m", "antipasta_hook", "cache", "warm", "--quiet", "-C", directory],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environ,
        start_new_session=True,
        creationflags=lazy,
    )
    child.returncode = 0  # nobody waits for it, which Popen would complain about
