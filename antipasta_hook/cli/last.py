"""``antipasta-hook last``: what was said at commits that went through, which hook managers hide."""

import argparse
import os
import time

from antipasta_hook.cache.kept import Kept, Said
from antipasta_hook.changes import open_repository
from antipasta_hook.cli.streams import put
from antipasta_hook.report.words import printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but what every command takes."""
    parser.epilog = "What is kept stays on this machine, in the user's cache."


def run(arguments: argparse.Namespace) -> int:
    """Show what is kept, the newest last."""
    with open_repository(arguments.directory, os.environ) as repository:
        kept = Kept(repository.git_dir, os.environ).all()
    put("".join(map(_entry, kept)) or "antipasta-hook: nothing is kept: whatever passed here passed without a word\n")
    return 0


def _entry(said: Said) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(said.when))
    return f"{when}  {printable(said.at)}\n" + "".join(f"    {printable(line)}\n" for line in said.lines)
