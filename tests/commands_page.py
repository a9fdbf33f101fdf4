"""docs/commands.md, written from the parsers themselves: ``python -m tests.commands_page > docs/commands.md``."""

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from antipasta_hook import cli

HEAD: Final = """\
# Every command and every option

What `antipasta-hook COMMAND --help` says, on one page; a test holds it against the program. Every command takes
`-C DIR`, the repository around DIR, and `--debug`, which after an internal error shows where it happened and in the
commands that judge explains each decision ([what a run cost, and why](performance/monitoring.md)).

"""
_EVERYWHERE: Final = frozenset({"-h", "-C", "--debug"})


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command and every action of one, by what is typed for it."""
    for name in cli.COMMANDS:
        parser = argparse.ArgumentParser(prog=f"antipasta-hook {name}", description=cli.COMMANDS[name], add_help=False)
        import_module(f"antipasta_hook.cli.{name}").add_arguments(parser)
        yield name, parser
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                yield from ((f"{name} {each}", inner) for each, inner in action.choices.items())


def render() -> str:
    """The whole page."""
    sections = [text for name, parser in parsers() if (text := _section(name, parser))]
    return HEAD + "\n".join(sections)


def _section(name: str, parser: argparse.ArgumentParser) -> str:
    rows = [row for action in parser._actions if (row := _row(action))]
    purpose = (parser.description or "").removesuffix(".")
    purpose = purpose[:1].upper() + purpose[1:]
    if any(isinstance(action, argparse._SubParsersAction) for action in parser._actions):
        return f"## antipasta-hook {name}\n\n{purpose}.\n"
    level = "###" if " " in name else "##"
    table = "\n| | |\n|---|---|\n" + "".join(rows) if rows else ""
    return f"{level} antipasta-hook {name}\n\n{purpose}.\n{table}"


def _row(action: argparse.Action) -> str:
    if action.help == argparse.SUPPRESS or _EVERYWHERE.intersection(action.option_strings):
        return ""
    names = ", ".join(action.option_strings) or str(action.metavar or action.dest)
    value = f" {action.metavar or '|'.join(map(str, action.choices or ()))}" if _takes_value(action) else ""
    cells = (cell.replace("|", "\\|") for cell in (f"`{names}{value}`", action.help or ""))
    return f"| {' | '.join(cells)} |\n"


def _takes_value(action: argparse.Action) -> bool:
    return bool(action.option_strings) and action.nargs != 0


if __name__ == "__main__":
    sys.stdout.write(render())
