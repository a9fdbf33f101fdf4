"""``antipasta-hook run``: judge what is staged."""

import argparse
import os
from typing import Final, NamedTuple

from antipasta_hook.cli.codes import EXIT_BLOCKED, EXIT_CANNOT_JUDGE, EXIT_PASS
from antipasta_hook.cli.streams import put, say
from antipasta_hook.config.settings import Settings, told
from antipasta_hook.model import Failure, Gate, Outcome, Report
from antipasta_hook.report import FORMATS, renderer

EXIT_CODES: Final = {Outcome.PASS: EXIT_PASS, Outcome.FAIL: EXIT_BLOCKED, Outcome.INCOMPLETE: EXIT_PASS}


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
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing when all is well")


def run(arguments: argparse.Namespace) -> int:
    """Judge, report, and return the exit code."""
    from antipasta_hook.optimizer import PreCommitOptimizer

    settings = Settings([told(gate=arguments.gate, reader=arguments.reader)])
    optimizer = PreCommitOptimizer(
        arguments.directory,
        settings=settings,
        files=arguments.files,
        use_cache=not arguments.no_cache,
        started=arguments.started,
    )
    report = optimizer.run()
    outputs = sorted(arguments.outputs or [Output("text", None)], key=lambda output: output.file is not None)
    full, silent = arguments.detail == "full", arguments.quiet and _is_well(report)
    for output in outputs:
        text = renderer(output.name)(report, full=full)
        if output.file is not None:
            _save(text, output.file)
        elif not silent:
            put(text)
    if (problem := report.cost.cache_problem) is not None:
        say(f"{problem.message}; {problem.recovery}")
    if report.verdict.outcome == Outcome.INCOMPLETE and settings.strict:
        return EXIT_CANNOT_JUDGE
    return EXIT_CODES[report.verdict.outcome]


def _is_well(report: Report) -> bool:
    """Whether there is nothing that a person has to know."""
    return report.verdict.outcome == Outcome.PASS and not report.verdict.problems


def _output(text: str) -> Output:
    name, _, file = text.partition(":")
    if name not in FORMATS:
        raise argparse.ArgumentTypeError(f"no format {name!r}: choose from {', '.join(FORMATS)}")
    return Output(name, file or None)


def _save(text: str, path: str) -> None:
    """Write a report to a file. A place that cannot be opened is the caller's mistake, a full disk is nobody's."""
    try:
        file = open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n")  # noqa: SIM115 - closed below
    except OSError as error:
        raise Failure(
            f"cannot write {path}: {error.strerror}",
            kind="output",
            recovery=f"give --format FORMAT:FILE a place that can be written, from {os.getcwd()}",
            usage=True,
        ) from error
    try:
        with file:
            file.write(text)
    except OSError as error:
        say(f"cannot write {path}: {error.strerror}")
