"""``antipasta-hook check``: the same verdict for the files on disk, before anything is staged."""

import argparse
import os

from antipasta_hook.cli import judging
from antipasta_hook.cli.modes import on_ci
from antipasta_hook.model import Ask, Asked


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("files", nargs="*", metavar="FILES", help="report on these only (all that differs is read)")
    judging.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Judge the work tree against HEAD."""
    return judging.judge(arguments, Asked(Ask.WORKTREE, "check", strict=on_ci(os.environ)))
