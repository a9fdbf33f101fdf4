"""How a checkup is written: one module a format, each a pure function from what was found to text."""

from importlib import import_module
from typing import Final, Protocol, cast

from antipasta_hook.model.checkup import Checkup


class Renderer(Protocol):
    """A pure function from a checkup to the text of one format."""

    def __call__(self, found: Checkup) -> str:
        """Write it; the text ends with a line break."""


FORMATS: Final = {"text": "text", "json": "document"}
"""Name of a format -> module of this room, imported when it is asked for."""


def renderer(name: str) -> Renderer:
    """Find the renderer of a format of FORMATS. Raises KeyError for any other name."""
    return cast("Renderer", import_module(f"antipasta_hook.report.doctor.{FORMATS[name]}").render)
