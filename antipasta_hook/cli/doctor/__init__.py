"""``antipasta-hook doctor``: whether all that a verdict needs is here and works. Each section is a module of this room.

Nothing is written but the report that was asked for, and nothing of a repository is run, its hooks included.
"""

import argparse
import os
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final

from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE, EXIT_PASS
from antipasta_hook.cli.streams import put, say
from antipasta_hook.model import Failure
from antipasta_hook.report.doctor import FORMATS, renderer
from antipasta_hook.report.words import printable

if TYPE_CHECKING:
    from antipasta_hook.cli.doctor.subject import Subject
    from antipasta_hook.model.checkup import Checkup, Row, Section

SECTIONS: Final = {
    "versions": "versions",
    "surroundings": "surroundings",
    "repository": "repository",
    "hooks": "hooks",
    "settings": "settings in force at the root",
    "cache": "cache",
    "startup": "start-up",
}
"""Name of a module, which has ``rows(subject)`` -> title, in the order in which they are told."""
_LAST: Final = frozenset({"versions", "startup"})
"""Looked at after all others: the first waits for what other programs say, the second measures, alone."""

_STANDARD_OUTPUT: Final = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How it is written, and for whom."""
    parser.add_argument("--format", choices=list(FORMATS), default="text", help="how to write it (default: text)")
    parser.add_argument(
        "--report",
        nargs="?",
        const=_STANDARD_OUTPUT,
        metavar="FILE",
        help="write the report of a bug, without names, paths and contents, to FILE, or instead of all else",
    )
    parser.add_argument(
        "--history", action="store_true", help="instead, what the latest runs of this repository came to"
    )
    parser.epilog = "Exit code 3: something is broken, and a commit here would not be judged."


def run(arguments: argparse.Namespace) -> int:
    """Look at everything, and say how it is."""
    if arguments.history:
        from antipasta_hook.cli.doctor import history

        return history.run(arguments)
    _require_place(arguments)
    from antipasta_hook.model.checkup import State

    found = examined(arguments.directory)
    _write(found, arguments)
    return EXIT_CANNOT_JUDGE if found.state == State.BROKEN else EXIT_PASS


def examined(directory: str) -> "Checkup":
    """All that can be found out. Raises Failure where there is no such directory."""
    from antipasta_hook.cli.doctor.subject import Subject
    from antipasta_hook.model.checkup import Checkup

    with Subject(directory, os.environ) as subject:
        found = {name: _section(name, subject) for name in sorted(SECTIONS, key=_LAST.__contains__)}
    return Checkup(tuple(found[name] for name in SECTIONS))


def _section(name: str, subject: "Subject") -> "Section":
    from antipasta_hook.model.checkup import Section

    return Section(SECTIONS[name], tuple(_rows(name, subject)))


def _rows(name: str, subject: "Subject") -> "Iterator[Row]":
    """What a section finds; what goes wrong in it is one more thing that was found."""
    from antipasta_hook.cli.doctor.subject import faulty

    try:
        yield from import_module(f"antipasta_hook.cli.doctor.{name}").rows(subject)
    except Failure as failure:
        if failure.kind == "no-directory":
            raise
        yield faulty(failure)
    except Exception as bug:  # noqa: BLE001 - who is called when things are wrong must bear that they are
        from antipasta_hook.cli.faults import failure_of

        yield faulty(failure_of(bug), _internal(bug))


def _internal(bug: Exception) -> str:
    """Which bug of ours it is, without what it says."""
    place = bug.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    line = f" ({os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno})" if place is not None else ""
    return f"internal: {type(bug).__name__}{line}"


def _require_place(arguments: argparse.Namespace) -> None:
    if arguments.report == _STANDARD_OUTPUT:
        if arguments.format != "text":
            raise Failure(
                "two things cannot go to standard output",
                kind="output",
                recovery="give the report a file: --report FILE",
            )
    elif arguments.report is not None:
        from antipasta_hook.cli.outputs import require_places

        require_places([arguments.report])


def _write(found: "Checkup", arguments: argparse.Namespace) -> None:
    from antipasta_hook.report.doctor import issue

    if arguments.report == _STANDARD_OUTPUT:
        put(issue.render(found))
        return
    put(renderer(arguments.format)(found))
    if arguments.report is not None:
        from antipasta_hook.cli.outputs import save

        if save(issue.render(found), arguments.report):
            say(f"a report for others is in {printable(arguments.report)}; read it before you send it")
