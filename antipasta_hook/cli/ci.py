"""``antipasta-hook ci``: every Python file of HEAD against where its branch began; what cannot be judged fails."""

import argparse
import os

from antipasta_hook.cli import judging
from antipasta_hook.model import Ask, Asked, Failure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--base", metavar="REV", help="where the branch began (default: HEAD's first parent)")
    parser.set_defaults(files=[])
    judging.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Judge HEAD."""
    if arguments.base == "":
        raise Failure(
            "--base is empty: a variable that was not set?",
            kind="range",
            recovery="name a branch, a tag or a commit, or leave --base out",
            usage=True,
        )
    base = arguments.base or os.environ.get("PRE_COMMIT_FROM_REF") or None
    return judging.judge(arguments, Asked(Ask.CI, "ci", from_ref=base, strict=True))
