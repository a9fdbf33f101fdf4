"""The page on which the figures are published: what stands between two marks is written anew."""

import textwrap
from pathlib import Path
from typing import Final

from tests.benchmarks.result import ROOT, Result
from tests.benchmarks.rows import shown

PAGE: Final = ROOT / "docs" / "performance" / "benchmarks.md"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def replaced(text: str, begin: str, end: str, part: str) -> str:
    """The text with another part between these marks. Raises ValueError where they are not there, each once."""
    before, between = text.split(begin)
    _, after = between.split(end)
    return f"{before}{begin}\n\n{part}\n\n{end}{after}"


def write(begin: str, end: str, part: str, page: Path = PAGE) -> None:
    """Put this between the marks of the page."""
    page.write_text(replaced(page.read_text("utf-8"), begin, end, part), encoding="utf-8")


def part(result: Result) -> str:
    """What is said of a result: on what it was measured, and the table."""
    machine = result.machine
    said = (
        f"Python {machine['python']} on {machine['processors']} processors, {machine['platform'].split('-')[0]}, "
        f"{'a quick run' if result.quick else 'a whole run'}, {result.when[:10]}; load average {result.load[0]:.1f} "
        f"before and {result.load[1]:.1f} after."
    )
    if result.busy:
        said += " The machine was busy with other work: believe the CPU figures sooner than those of the wall clock."
    return f"{wrapped(said)}\n\n{shown(result.rows)}"


def wrapped(text: str, indent: str = "") -> str:
    """In lines as long as those of the page; ``indent``: before all but the first."""
    return textwrap.fill(text, 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
