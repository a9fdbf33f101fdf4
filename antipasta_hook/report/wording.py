"""What a scope is called: a person who pushes made no commit."""

from typing import Final, NamedTuple

from antipasta_hook.model import Scope, ScopeKind
from antipasta_hook.report.screen import Screen


class Wording(NamedTuple):
    """``by`` is what wrote a line; ``others`` begins the line on what was over a limit before."""

    by: str
    makes: str
    leaves: str
    others: str


_COMMIT: Final = Wording("this commit", "this commit makes", "this commit leaves", "Not this commit's doing")
_PUSH: Final = Wording("this push", "this push makes", "this push leaves", "Not this push's doing")
_CHANGES: Final = Wording(
    "these changes", "these changes make", "these changes leave", "Not the doing of these changes"
)


def wording(scope: Scope, screen: Screen) -> Wording:
    """The words for a scope."""
    if scope.kind == ScopeKind.INDEX:
        return _COMMIT
    return _PUSH if screen.push else _CHANGES
