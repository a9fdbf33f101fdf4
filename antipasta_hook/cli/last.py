"""``antipasta-hook last``: what was said at commits that went through, which hook managers hide."""

import argparse
import os
import time
from typing import Final

from antipasta_hook.cache.kept import Kept, Said
from antipasta_hook.changes import open_repository
from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE, EXIT_PASS
from antipasta_hook.cli.streams import put
from antipasta_hook.report.words import printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but what every command takes."""
    parser.epilog = "What is kept stays on this machine, in the user's cache."


_NOTHING: Final = "nothing is kept: whatever passed here passed without a word"
_NOWHERE: Final = (
    "nothing can be kept: the cache directory cannot be made or written, or others may write to it; "
    "antipasta-hook cache verify says more"
)


def run(arguments: argparse.Namespace) -> int:
    """Show what is kept, the newest last."""
    with open_repository(arguments.directory, os.environ) as repository:
        notes = Kept(repository.git_dir, os.environ)
    said = "".join(map(_entry, notes.all()))
    none = f"antipasta-hook: {_NOTHING if notes.can_keep else _NOWHERE}\n"
    return EXIT_PASS if put(said or none) else EXIT_CANNOT_JUDGE


def _entry(said: Said) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(said.when))
    return f"{when}  {printable(said.at)}\n" + "".join(f"    {printable(line)}\n" for line in said.lines)
