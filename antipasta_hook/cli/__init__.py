"""Arguments in, exit code out. Each command is a module of this room, imported only when it is called."""

import argparse
import os
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NoReturn

from antipasta_hook import __version__
from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE, EXIT_INTERRUPTED, EXIT_PASS, EXIT_USAGE
from antipasta_hook.cli.signals import Ending, heeded
from antipasta_hook.cli.streams import prepare, say
from antipasta_hook.model import Failure
from antipasta_hook.report.words import printable

COMMANDS: Final = {
    "run": "judge what is staged against HEAD",
    "check": "judge the files on disk against HEAD, before they are staged",
    "ci": "judge every Python file of HEAD against where its branch began",
    "backtest": "replay the history: what the settings would have done to it",
    "explain": "show what makes a function complex, line by line",
    "install": "make git run it before every commit and push",
    "uninstall": "take that back, as if it had never been there",
    "last": "show what was said at commits that went through",
    "config": "check the settings, or show those that hold for a path",
    "doctor": "see whether all that a verdict needs is here and works",
    "cache": "the cache: info, inspect, prune, verify, warm, clear",
}
"""Name of a command, and of its module, which has ``add_arguments(parser)`` and ``run(arguments)`` -> what it does."""


class _Parser(argparse.ArgumentParser):
    """What it complains of may be the name of a file, which a hook manager appends to a command."""

    def error(self, message: str) -> NoReturn:
        """Say it on one line, and end."""
        super().error(printable(message))


def main(argv: Sequence[str], *, started: float) -> int:
    """Run one command; the result is the exit code. ``started``: the process's start on ``time.perf_counter``."""
    prepare()
    try:
        with heeded() as ending:
            code = _carried_out(argv, started, ending)
    except KeyboardInterrupt:
        say("interrupted" if argv[:1] in (["cache"], ["doctor"]) else "interrupted: nothing was judged")
        return EXIT_INTERRUPTED
    except SystemExit as asked:  # argparse's, or a signal's
        return asked.code if isinstance(asked.code, int) else EXIT_USAGE
    return code if ending.code is None else ending.code  # somebody may have kept to himself what the signal raised


def _carried_out(argv: Sequence[str], started: float, ending: Ending) -> int:
    arguments = argparse.Namespace(debug="--debug" in argv)
    try:
        arguments = _parsed(argv)
        arguments.started = started
        return int(import_module(f"antipasta_hook.cli.{arguments.command}").run(arguments))
    except Failure as failure:
        return _told(failure, arguments)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as bug:  # noqa: BLE001 - the one boundary: neither a bug nor a library's panic costs a commit
        code = ending.code or _interrupted_in(bug)
        if code is not None:
            return code
        from antipasta_hook.cli.faults import failure_of

        return _told(failure_of(bug), arguments)


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments of a command. Only the parser of the command that is called is made: a parser costs time."""
    name = argv[0] if argv else ""
    if name not in COMMANDS:
        return _overview().parse_args(argv)
    purpose = COMMANDS[name]
    parser = _Parser(prog=f"antipasta-hook {name}", description=f"{purpose[0].upper()}{purpose[1:]}.")
    parser.add_argument("-C", dest="directory", metavar="DIR", default=".", help="the repository around DIR")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an internal error")
    parser.set_defaults(command=name)
    import_module(f"antipasta_hook.cli.{name}").add_arguments(parser)
    return parser.parse_args(argv[1:])


def _overview() -> argparse.ArgumentParser:
    """What is printed where no command is named, or none that there is."""
    parser = _Parser(
        prog="antipasta-hook", description="Say whether what is staged makes the Python code harder to understand."
    )
    parser.add_argument("--version", action="version", version=f"antipasta-hook {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        commands.add_parser(name, help=purpose)
    return parser


def _told(failure: Failure, arguments: argparse.Namespace) -> int:
    """Say what stopped the run, and keep that it did where runs are kept; the result is the exit code."""
    code = _failed(failure, arguments)
    if hasattr(arguments, "observer"):
        from antipasta_hook.cli.faults import keep_failed_run

        keep_failed_run(arguments, failure, code)
    return code


def _failed(failure: Failure, arguments: argparse.Namespace) -> int:
    if arguments.debug:
        say(failure.detail)
    said = [line for line in f"{failure}\n{failure.recovery}".split("\n") if line]
    for line in said:
        say(line)
    if getattr(arguments, "outputs", None):
        from antipasta_hook.cli.faults import tell_machines

        tell_machines(arguments, failure)
    if failure.usage and not (failure.kind == "settings" and _is_only_warned(arguments)):
        return EXIT_USAGE
    return _let_through(said, arguments)


def _interrupted_in(error: BaseException | None) -> int | None:
    """The exit code of a signal that Python wrapped into another error, as where a class was just being made."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return EXIT_INTERRUPTED
        if isinstance(error, SystemExit) and isinstance(error.code, int):
            return error.code
        error = error.__cause__ or error.__context__
    return None


def _is_only_warned(arguments: argparse.Namespace) -> bool:
    """Whether a commit or a push is judged that is not to be blocked, whatever is wrong with it."""
    from antipasta_hook.cli.modes import Switch, switch

    return hasattr(arguments, "asked") and switch(os.environ) == Switch.WARN


def _let_through(said: list[str], arguments: argparse.Namespace) -> int:
    """A fault of ours costs no commit and no push, unless the settings say so: it is said, kept, and git goes on."""
    from antipasta_hook.cli.faults import faulted, keep_fault

    what = faulted(arguments, os.environ)
    if what is None and _is_only_warned(arguments):
        return EXIT_PASS
    if what is None:
        if hasattr(arguments, "asked"):
            say("nothing was judged")
        return EXIT_CANNOT_JUDGE
    message = f"the {what} was not judged and goes on"
    say(message)
    keep_fault(arguments, what, [*said, message], os.environ)
    return EXIT_PASS
