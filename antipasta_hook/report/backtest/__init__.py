"""How a backtest is written: one module a format, each a pure function from what was found to text."""

from importlib import import_module
from typing import Final, Protocol, cast

from antipasta_hook.model.backtest import Backtest
from antipasta_hook.report.screen import PLAIN, Screen


class Renderer(Protocol):
    """A pure function from a backtest to the text of one format."""

    def __call__(self, found: Backtest, screen: Screen = PLAIN) -> str:
        """Write it; the text ends with a line break. ``screen`` matters only to the format for people."""


FORMATS: Final = {"text": "text", "json": "document", "markdown": "markdown"}
"""Name of a format -> module of this room, imported when it is asked for."""


def renderer(name: str) -> Renderer:
    """Find the renderer of a format of FORMATS. Raises KeyError for any other name."""
    return cast("Renderer", import_module(f"antipasta_hook.report.backtest.{FORMATS[name]}").render)
