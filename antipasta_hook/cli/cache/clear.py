"""``antipasta-hook cache clear``: forget everything that was measured."""

import argparse
import os

from antipasta_hook.cli.codes import EXIT_PASS
from antipasta_hook.cli.streams import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but what every action takes."""
    parser.epilog = "What was said at earlier commits is kept: see antipasta-hook last."


def run(arguments: argparse.Namespace) -> int:
    """Empty the stores; whoever is at work meanwhile measures anew."""
    from antipasta_hook.replay.upkeep import emptied

    for done in emptied(arguments.directory, os.environ):
        if not arguments.quiet:
            noun = "entry" if done.entries == 1 else "entries"
            say(f"{done.entries:,} {noun} removed, {done.size / 1_000_000:.1f} MB: {done.directory}")
    return EXIT_PASS
