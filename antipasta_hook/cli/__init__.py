"""Arguments in, exit code out. Each command is a module of this room, imported only when it is called."""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import FrameType
from typing import Final

from antipasta_hook import __version__
from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE, EXIT_INTERRUPTED, EXIT_TERMINATED, EXIT_USAGE
from antipasta_hook.cli.streams import prepare, say
from antipasta_hook.model import Failure

COMMANDS: Final = {
    "run": "judge what is staged against HEAD",
    "install": "make git run it before every commit",
}
"""Name of a command, and of its module, which has ``add_arguments(parser)`` and ``run(arguments)`` -> what it does."""


def main(argv: Sequence[str], *, started: float) -> int:
    """Run one command; the result is the exit code. ``started``: the process's start on ``time.perf_counter``."""
    prepare()
    with contextlib.suppress(ValueError):  # not the main thread: whoever called us has its own signals
        signal.signal(signal.SIGTERM, _terminated)
    debug = "--debug" in argv
    try:
        arguments = _parsed(argv)
        arguments.started = started
        return int(import_module(f"antipasta_hook.cli.{arguments.command}").run(arguments))
    except KeyboardInterrupt:
        say("interrupted: nothing was judged")
        return EXIT_INTERRUPTED
    except SystemExit as asked:  # argparse's, or SIGTERM's
        return asked.code if isinstance(asked.code, int) else EXIT_USAGE
    except Failure as failure:
        return _failed(failure, os.environ)
    except Exception as bug:  # noqa: BLE001 - the one boundary: a bug of ours must not cost anybody a commit
        return _bug(bug, os.environ, debug=debug)


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="antipasta-hook", description="Say whether what is staged makes the Python code harder to understand."
    )
    parser.add_argument("--version", action="version", version=f"antipasta-hook {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
        command.add_argument("-C", dest="directory", metavar="DIR", default=".", help="as if started in DIR")
        command.add_argument("--debug", action="store_true", help="show the traceback of an internal error")
        if name in argv[:1]:
            import_module(f"antipasta_hook.cli.{name}").add_arguments(command)
    return parser.parse_args(argv)


def _failed(failure: Failure, environ: Mapping[str, str]) -> int:
    say(str(failure))
    if failure.recovery:
        say(failure.recovery)
    if failure.usage:
        return EXIT_USAGE
    return _let_through(environ)


def _bug(bug: Exception, environ: Mapping[str, str], *, debug: bool) -> int:
    import traceback

    if debug:
        say("".join(traceback.format_exception(bug)))
    place = traceback.extract_tb(bug.__traceback__)[-1]
    say(f"internal error: {type(bug).__name__}: {bug} ({os.path.basename(place.filename)}:{place.lineno})")
    say("this is a fault of antipasta-hook, not of your code; --debug shows where it happened")
    return _let_through(environ)


def _let_through(environ: Mapping[str, str]) -> int:
    """A fault of ours never costs a commit: it is said, and the commit goes on."""
    if "GIT_INDEX_FILE" in environ:
        say("the commit was not judged and goes on")
        return 0
    return EXIT_CANNOT_JUDGE


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(EXIT_TERMINATED)
