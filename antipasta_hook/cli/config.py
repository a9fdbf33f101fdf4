"""``antipasta-hook config``: whether the settings are valid, what they are for a path, and their JSON Schema."""

import argparse
import os
from typing import Final

from antipasta_hook.changes import Repository, open_repository
from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE, EXIT_PASS, EXIT_USAGE
from antipasta_hook.cli.settings_files import Remark, checked, checked_on_disk, staged_settings
from antipasta_hook.cli.streams import put, say
from antipasta_hook.config.settings import PROJECT_FILE, SETTINGS_FILE, Settings
from antipasta_hook.model import Failure, Severity
from antipasta_hook.report.words import count, printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands and their arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = _action(actions, "check", "say what is wrong with the staged settings files, or with FILES on disk")
    check.add_argument("files", nargs="*", metavar="FILES", help="check these as they are on disk")
    check.add_argument("--strict", action="store_true", help="a key that nobody reads is an error, as on CI")
    show = _action(actions, "show", "write the staged settings that hold for a path")
    show.add_argument("path", nargs="?", metavar="PATH", help="a file or directory; without it, the root")
    show.add_argument("--origin", action="store_true", help="say where each value comes from")
    _action(actions, "schema", "write the JSON Schema of settings files, for editors")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, purpose: str
) -> argparse.ArgumentParser:
    """A sub-command takes what every command takes, before its name or after it."""
    action = actions.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
    action.add_argument("-C", dest="directory", metavar="DIR", default=argparse.SUPPRESS, help="as if started in DIR")
    action.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return action


def run(arguments: argparse.Namespace) -> int:
    """Do what the sub-command says; the result is the exit code."""
    return _ACTIONS[arguments.action](arguments)


def _check(arguments: argparse.Namespace) -> int:
    """2 where a file is invalid."""
    directory, strict = arguments.directory, arguments.strict
    files = _on_disk(directory, arguments.files, strict=strict) if arguments.files else _found(directory, strict=strict)
    remarks = [remark for each in files.values() for remark in each]
    for remark in remarks:
        put(f"{printable(remark.text)}\n")
    put(f"{_summary(len(files), [remark.severity for remark in remarks])}\n")
    return EXIT_USAGE if any(remark.severity == Severity.ERROR for remark in remarks) else EXIT_PASS


def _on_disk(directory: str, names: list[str], *, strict: bool) -> dict[str, list[Remark]]:
    return {name: checked_on_disk(directory, name, strict=strict) for name in names}


def _found(directory: str, *, strict: bool) -> dict[str, list[Remark]]:
    """The settings files of the index, or those in a directory that is in no repository."""
    try:
        repository = open_repository(directory, os.environ)
    except Failure as failure:
        if failure.kind != "not-a-repository":
            raise
        here = [name for name in (PROJECT_FILE, SETTINGS_FILE) if os.path.lexists(os.path.join(directory, name))]
        return _on_disk(directory, here, strict=strict)
    with repository:
        return checked(repository, strict=strict)


def _summary(files: int, severities: list[Severity]) -> str:
    """One line: how many files, and what is wrong with them."""
    errors, warnings = severities.count(Severity.ERROR), severities.count(Severity.WARNING)
    if not files:
        return "no settings files: the defaults hold"
    said = [count(errors, "error")] if errors else ["all valid"] if files > 1 else ["valid"]
    said += [count(warnings, "warning")] if warnings else []
    return f"{count(files, 'settings file')}{':' if errors else ','} {', '.join(said)}"


def _show(arguments: argparse.Namespace) -> int:
    """The settings of the index, as they reach one path."""
    from antipasta_hook.config.written import written

    with open_repository(arguments.directory, os.environ) as repository:
        path = _asked(repository, arguments.path)
        loaded = staged_settings(repository, path)
    for problem in loaded.problems:
        say(problem.message)
    text = written(Settings(loaded.layers), path, origins=arguments.origin)
    return EXIT_PASS if put("".join(f"{printable(line)}\n" for line in text.splitlines())) else EXIT_CANNOT_JUDGE


def _asked(repository: Repository, given: str | None) -> str:
    """A path from the root; one of a directory ends with a slash, so that it reaches what holds inside."""
    path = "." if given is None else repository.relative(given)
    if given is None or path == ".":
        return ""
    is_directory = given.endswith("/") or os.path.isdir(os.path.join(repository.root() or "", path))
    return f"{path}/" if is_directory else path


def _schema(_: argparse.Namespace) -> int:
    """What ``docs/settings.schema.json`` holds."""
    import json

    from antipasta_hook.config.schema import json_schema

    return EXIT_PASS if put(f"{json.dumps(json_schema(), indent=2)}\n") else EXIT_CANNOT_JUDGE


_ACTIONS: Final = {"check": _check, "show": _show, "schema": _schema}
