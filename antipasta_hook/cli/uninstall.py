"""``antipasta-hook uninstall``: away with the hooks of plain git, and back with what was there before."""

import argparse
import os

from antipasta_hook.cli.codes import EXIT_PASS
from antipasta_hook.cli.install import add_hook, tell
from antipasta_hook.cli.streams import put
from antipasta_hook.install import HOOKS, WARMING, uninstall


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which hooks."""
    add_hook(parser, "uninstall", "all of them")
    parser.epilog = "Only what nobody has changed is removed; a hook that was there before gets its name back."


def run(arguments: argparse.Namespace) -> int:
    """Uninstall and say what was done; a Failure is left to the caller."""
    found = False
    for step in uninstall(arguments.directory, os.environ, tuple(dict.fromkeys(arguments.hooks or (*HOOKS, *WARMING)))):
        tell(step)
        found = True
    if not found:
        put("antipasta-hook: nothing to do: this repository has no hook of ours\n")
    return EXIT_PASS
