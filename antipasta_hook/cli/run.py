"""``antipasta-hook run``: judge what is staged."""

import argparse
import os
import sys
from typing import NamedTuple

from antipasta_hook.config.settings import DEFAULTS
from antipasta_hook.model import Failure, Gate, Outcome, Report
from antipasta_hook.report import FORMATS, renderer
from antipasta_hook.report.words import printable

EXIT_CODES = {Outcome.PASS: 0, Outcome.FAIL: 1, Outcome.INCOMPLETE: 0}
EXIT_CANNOT_JUDGE = 3


class Output(NamedTuple):
    """One ``--format``: its name, and the file it goes to (None: standard output)."""

    name: str
    file: str | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("files", nargs="*", metavar="FILES", help="report on these only (all that is staged is read)")
    parser.add_argument(
        "--gate", choices=[str(gate) for gate in Gate], default=str(Gate.INTRODUCED), help="what blocks"
    )
    parser.add_argument(
        "--format",
        dest="outputs",
        action="append",
        type=_output,
        metavar="FORMAT[:FILE]",
        help=f"one of {', '.join(FORMATS)}; may be given several times",
    )
    parser.add_argument("--detail", choices=["normal", "full"], default="normal", help="full: leave nothing out")
    parser.add_argument("--no-cache", action="store_true", help="measure everything anew, keep nothing")
    parser.add_argument("--reader", choices=["auto", "pygit2", "git"], default="auto", help="who reads the repository")
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing unless something blocks")


def run(arguments: argparse.Namespace) -> int:
    """Judge, report, and return the exit code."""
    from antipasta_hook.optimizer import PreCommitOptimizer

    settings = DEFAULTS._replace(gate=Gate(arguments.gate), reader=arguments.reader)
    optimizer = PreCommitOptimizer(
        arguments.directory,
        settings=settings,
        files=arguments.files,
        use_cache=not arguments.no_cache,
        started=arguments.started,
    )
    report = optimizer.run()
    outputs = arguments.outputs or [Output("text", None)]
    quiet = arguments.quiet and report.verdict.outcome == Outcome.PASS
    for output in outputs:
        if output.file is not None or not quiet:
            _write(output, report, full=arguments.detail == "full")
    if (problem := report.cost.cache_problem) is not None:
        sys.stderr.write(printable(f"antipasta-hook: {problem.message}; {problem.recovery}") + "\n")
    if report.verdict.outcome == Outcome.INCOMPLETE and settings.strict:
        return EXIT_CANNOT_JUDGE
    return EXIT_CODES[report.verdict.outcome]


def _output(text: str) -> Output:
    name, _, file = text.partition(":")
    if name not in FORMATS:
        raise argparse.ArgumentTypeError(f"no format {name!r}: choose from {', '.join(FORMATS)}")
    return Output(name, file or None)


def _write(output: Output, report: Report, *, full: bool) -> None:
    text = renderer(output.name)(report, full=full)
    if output.file is None:
        _print(text)
        return
    try:
        with open(output.file, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise Failure(
            f"cannot write {output.file}: {error.strerror}",
            kind="output",
            recovery=f"give --format {output.name}:FILE a place that can be written, from {os.getcwd()}",
            usage=True,
        ) from error


def _print(text: str) -> None:
    """Write to standard output; where nobody can read us the verdict stands all the same."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # Python must not fail again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"antipasta-hook: cannot write the report: {error.strerror}\n")
