"""``antipasta-hook cache verify``: read all that is kept, and work some of it out again."""

import argparse
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from antipasta_hook.cli.codes import EXIT_BLOCKED, EXIT_PASS
from antipasta_hook.cli.streams import say
from antipasta_hook.report.words import count

if TYPE_CHECKING:
    from antipasta_hook.replay.upkeep import Verified

_SAMPLE: Final = 200
_MOST: Final = 10_000_000
_NOUNS: Final = frozenset({"measurement", "layout", "roll-up"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much is tried, and whether to mend."""
    parser.add_argument("--repair", action="store_true", help="remove what is broken, replace what is wrong")
    parser.add_argument(
        "--sample",
        type=_number,
        default=_SAMPLE,
        metavar="N",
        help="how many entries are worked out again, of those that this repository can tell (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Look through the stores; 1 where something is wrong and stays so."""
    from antipasta_hook.replay.upkeep import verified

    code = EXIT_PASS
    for found in verified(arguments.directory, os.environ, sample=arguments.sample, mend=arguments.repair):
        if not (found.is_well or found.mended):
            code = EXIT_BLOCKED
        if not (arguments.quiet and found.is_well):
            for line in _lines(found):
                say(line)
    return code


def _lines(found: "Verified") -> Iterator[str]:
    yield f"{found.directory}: {_contents(found)}"
    if found.kinds:
        yield _tried(found)
    if found.mended:
        yield "mended: what was not right is gone, or measured again"
    elif not found.is_well:
        yield "a run believes none of what is broken, and all of what is wrong: mend it with --repair"


def _contents(found: "Verified") -> str:
    if not found.sound:
        return "the database is damaged, or none of this tool"
    kinds = [
        count(number, kind) if kind in _NOUNS else f"{number:,} {kind}" for kind, number in sorted(found.kinds.items())
    ]
    return ", ".join(kinds) or "nothing is kept"


def _tried(found: "Verified") -> str:
    if found.tried is None:
        return "nothing was worked out again: this is no repository"
    return f"{found.tried:,} worked out again, {found.wrong:,} of them wrong"


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(_MOST)) or int(text) > _MOST:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to {_MOST:,}, not {text!r}")
    return int(text)
