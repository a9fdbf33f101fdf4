"""``antipasta-hook install``: the hook of plain git, for those who use no hook manager."""

import argparse
import os
import sys

from antipasta_hook.cli.streams import put
from antipasta_hook.install import install
from antipasta_hook.report.words import printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but what every command takes."""
    parser.epilog = "A hook that is already there and not ours is left as it is, and you are told how to go on."


def run(arguments: argparse.Namespace) -> int:
    """Install and say what was done; a Failure is left to the caller."""
    done = install(arguments.directory, os.environ, sys.executable)
    what = "wrote" if not done.existed else "renewed" if done.written else "nothing to do:"
    put(
        f"antipasta-hook: {what} {printable(done.path)}\n"
        "antipasta-hook: every `git commit` in this repository is now judged before it is made\n"
    )
    return 0
