"""The same Markdown, short enough for a comment on a pull request."""

from typing import Final

from antipasta_hook.model import Report
from antipasta_hook.report.markdown import within
from antipasta_hook.report.screen import PLAIN, Screen

LARGEST: Final = 65_536
"""Characters that GitHub takes as a comment; counted as bytes here, of which there are never fewer."""
MARK: Final = "<!-- antipasta-hook -->\n"
"""Begins every comment, is not shown, and tells whoever posts the next one which to replace."""


def render(report: Report, *, full: bool = False, screen: Screen = PLAIN) -> str:  # noqa: ARG001 - every format's
    """Write what the summary says as far as a comment has room for it."""
    return within(report, LARGEST, full=full, head=MARK)
