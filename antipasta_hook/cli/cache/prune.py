"""``antipasta-hook cache prune``: be rid of what is of no more use."""

import argparse
import os
from typing import TYPE_CHECKING

from antipasta_hook.cli.cache.units import age, megabytes, size
from antipasta_hook.cli.codes import EXIT_PASS
from antipasta_hook.cli.streams import say

if TYPE_CHECKING:
    from antipasta_hook.cache.pruning import Pruned


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is of no more use; nothing: what other versions wrote."""
    parser.add_argument(
        "--others",
        action="store_true",
        help="what this version never looks up: other versions of the engine, of Python, of roll-ups (the default)",
    )
    parser.add_argument("--older-than", type=age, metavar="AGE", help="what was stored longer ago: 12h, 30d, 6w")
    parser.add_argument(
        "--to", type=size, metavar="SIZE", help="what goes first, until the cache has this size: 100MB, 1GiB"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and remove nothing")
    parser.epilog = "Whatever any of them names goes. Those at work meanwhile need not wait, and measure what is gone."


def run(arguments: argparse.Namespace) -> int:
    """Prune the stores, and say what went."""
    from antipasta_hook.replay.holdings import Waste, pruned

    nothing_said = arguments.older_than is None and arguments.to is None
    waste = Waste(arguments.others or nothing_said, arguments.older_than, arguments.to)
    for directory, gone in pruned(arguments.directory, os.environ, waste, dry=arguments.dry_run):
        if arguments.dry_run or not arguments.quiet:
            say(f"{_in_words(gone, dry=arguments.dry_run)}: {directory}")
    return EXIT_PASS


def _in_words(gone: "Pruned", *, dry: bool) -> str:
    if not gone.before:
        return "there is no cache yet"
    noun = "entry" if gone.entries == 1 else "entries"
    went = f"{gone.entries:,} {noun} {'would be removed' if dry else 'removed'}, {megabytes(gone.size)} of values"
    return f"{went}; on disk {megabytes(gone.before)}, then {'about ' if dry else ''}{megabytes(gone.after)}"
