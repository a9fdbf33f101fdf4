"""``antipasta-hook install``: the hooks of plain git, for those who use no hook manager."""

import argparse
import os
import sys
from typing import Final

from antipasta_hook.cli.codes import EXIT_PASS, EXIT_USAGE
from antipasta_hook.cli.streams import put, say
from antipasta_hook.install import HOOKS, WARMING, Deed, Managed, Step, install
from antipasta_hook.report.words import printable

_JUDGED: Final = {
    "pre-commit": "every `git commit` in this repository is now judged before it is made",
    "pre-push": "every `git push` from this repository is now judged before it leaves",
    "post-commit": "after every commit the cache learns what HEAD holds, in the background",
    "post-checkout": "after every switch of branches the cache learns what HEAD holds, in the background",
}
_DEEDS: Final = {
    Deed.WROTE: "wrote {}",
    Deed.RENEWED: "renewed {}",
    Deed.UNCHANGED: "nothing to do: {}",
    Deed.CHAINED: "the hook that was there before runs first, as {}",
    Deed.SET_ASIDE: "what was there before is kept as {}; it is not executable, so it does not run, as before",
    Deed.AROUND: "{}; git's configuration can hold hooks as well",
    Deed.CONFIGURED: "wrote {} into the configuration of this repository",
    Deed.NEEDS_GIT: "git {} and newer run that beside all other hooks; older ones, which some graphical clients bring "
    "with them, do not",
    Deed.SWITCHED_OFF: "warning: git does not run it, because {} is false",
    Deed.IN_WORK_TREE: "do not commit what is new in {}: it names this machine's Python",
    Deed.REMOVED: "removed {}",
    Deed.DECONFIGURED: "removed {} from the configuration of this repository",
    Deed.PUT_BACK: "put back {}, the hook that was there before",
    Deed.LEFT: "left {}: something else has taken the place that it had",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which hooks."""
    add_hook(parser, "install", " and ".join(HOOKS))
    parser.add_argument(
        "--warm",
        action="store_true",
        help=f"also {' and '.join(WARMING)}, which measure what HEAD holds in the background, for the next commit",
    )
    parser.epilog = (
        "A hook that is already there runs first. What cannot be combined is left as it is, and you are told how to "
        "go on."
    )


def add_hook(parser: argparse.ArgumentParser, verb: str, default: str) -> None:
    """``--hook``, as `install` and `uninstall` take it."""
    parser.add_argument(
        "--hook",
        dest="hooks",
        action="append",
        choices=(*HOOKS, *WARMING),
        help=f"{verb} only this one; can be given more than once (default: {default})",
    )


def tell(step: Step) -> None:
    """One line for what was done."""
    put(f"antipasta-hook: {_DEEDS[step.deed].format(printable(step.what))}\n")


def run(arguments: argparse.Namespace) -> int:
    """Install and say what was done; a Failure is left to the caller."""
    hooks = tuple(dict.fromkeys([*(arguments.hooks or HOOKS), *(WARMING if arguments.warm else ())]))
    try:
        for step in install(arguments.directory, os.environ, sys.executable, hooks):
            tell(step)
    except Managed as managed:
        say(f"{managed}\n{managed.recovery}")
        put(managed.lines)
        return EXIT_USAGE
    put("".join(f"antipasta-hook: {_JUDGED[hook]}\n" for hook in hooks))
    put("antipasta-hook: `antipasta-hook uninstall` undoes this\n")
    return EXIT_PASS
