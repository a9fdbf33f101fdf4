"""``antipasta-hook cache``: what is kept of measurements. Each action is a module of this room."""

import argparse
from importlib import import_module
from typing import Final

ACTIONS: Final = {
    "info": "say where the cache is, what is in it, and what limits it",
    "inspect": "say what is kept of a file or a blob",
    "warm": "measure every Python file of HEAD that is not known yet, with the lowest priority",
    "prune": "remove what is of no more use; nobody at work has to wait",
    "clear": "forget everything that was measured; safe while others are at work",
    "verify": "read all that is kept, measure some of it again, and say what is wrong",
}
"""Name of an action, and of its module, which has ``add_arguments(parser)`` and ``run(arguments)`` -> what it does."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions and their arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, purpose in ACTIONS.items():
        action = actions.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
        action.add_argument(
            "-C", dest="directory", metavar="DIR", default=argparse.SUPPRESS, help="as if started in DIR"
        )
        action.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        action.add_argument("-q", "--quiet", action="store_true", help="say nothing when all went well")
        import_module(f"{__name__}.{name}").add_arguments(action)


def run(arguments: argparse.Namespace) -> int:
    """Do what is asked for; the result is the exit code."""
    return int(import_module(f"{__name__}.{arguments.action}").run(arguments))
