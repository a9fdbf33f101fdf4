"""Before against after, function by function: pure functions from what was measured to what is said."""

from antipasta_hook.verdict.joined import joined
from antipasta_hook.verdict.judge import blocks, is_unjudged, judge, limited_to
from antipasta_hook.verdict.needs import (
    SMALL_CHANGE,
    Needs,
    has_excess,
    is_small,
    judged_changes,
    needs,
    needs_old_side,
)

__all__ = [
    "SMALL_CHANGE",
    "Needs",
    "blocks",
    "has_excess",
    "is_small",
    "is_unjudged",
    "joined",
    "judge",
    "judged_changes",
    "limited_to",
    "needs",
    "needs_old_side",
]
