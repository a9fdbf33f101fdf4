"""How a verdict is written: one module a format, each a pure function from a report to text."""

from importlib import import_module
from typing import Final, Protocol, cast

from antipasta_hook.model import Report
from antipasta_hook.report.screen import PLAIN, Screen


class Renderer(Protocol):
    """A pure function from a report to the text of one format."""

    def __call__(self, report: Report, *, full: bool = False, screen: Screen = PLAIN) -> str:
        """Write the report, with ``full`` all of it; the text ends with a line break unless it is empty.

        ``screen`` matters only to the format for people.
        """


FORMATS: Final = {
    "text": "text",
    "concise": "concise",
    "json": "document",
    "sarif": "sarif",
    "github": "github",
    "markdown": "markdown",
    "comment": "comment",
    "gitlab": "gitlab",
    "junit": "junit",
}
"""Name of a format -> module of this room, imported when it is asked for."""


def renderer(name: str) -> Renderer:
    """Find the renderer of a format of FORMATS. Raises KeyError for any other name."""
    return cast("Renderer", import_module(f"antipasta_hook.report.{FORMATS[name]}").render)
