"""A checkup for people: a line for each thing, and below what is not well what to type next."""

from collections.abc import Iterator
from typing import Final

from antipasta_hook.model.checkup import Checkup, Row, Section, State
from antipasta_hook.report.words import count, printable

_MARKS: Final = {State.WELL: " ", State.WARNING: "!", State.BROKEN: "x"}


def render(found: Checkup) -> str:
    """Write everything, and how it is in one line at the end."""
    lines = [line for section in found.sections for line in section_lines(section)]
    return "\n".join([*lines, f"antipasta-hook: {_summary(found)}", ""])


def section_lines(section: Section) -> Iterator[str]:
    """The lines of one part, an empty one last."""
    width = max((len(row.key) for row in section.rows), default=0)
    yield section.name
    for row in section.rows:
        yield from _lines(row, width)
    yield ""


def _lines(row: Row, width: int) -> Iterator[str]:
    yield f"  {_MARKS[row.state]} {row.key:{width}}  {printable(row.value)}".rstrip()
    for number, line in enumerate(row.next.splitlines()):
        yield f"    {'':{width}}  {'      ' if number else 'next: '}{printable(line)}"


def _summary(found: Checkup) -> str:
    broken, warnings = found.count(State.BROKEN), found.count(State.WARNING)
    said = "all that a verdict needs works"
    if broken:
        said = f"{count(broken, 'thing')} that a verdict needs {'is' if broken == 1 else 'are'} broken (x)"
    return f"{said}; {count(warnings, 'warning')} (!)" if warnings else said
