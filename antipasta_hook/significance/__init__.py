"""How much the change of one file matters, and why: pure functions from a change and its two sides to a score.

Three tiers, by what is at hand: ``by_path`` needs names and sizes, ``by_text`` both texts, which it does not parse,
``by_metrics`` what was measured. A score of 0 is a proof: the same bytes, or the same code (``is_proved_equal``).
"""

from antipasta_hook.config.settings import Criteria, Settings
from antipasta_hook.model import FUNCTION_METRICS, Change, Significance
from antipasta_hook.significance.critical import is_critical
from antipasta_hook.significance.functions import by_metrics
from antipasta_hook.significance.paths import by_path
from antipasta_hook.significance.scale import PROVED

__all__ = [
    "PROVED",
    "by_metrics",
    "by_path",
    "by_text",
    "counts_layout",
    "is_critical",
    "is_proved_equal",
    "may_be_same_code",
]


def by_text(change: Change, settings: Settings, before: bytes | None, after: bytes | None) -> Significance:
    """How much a change matters by its lines, of which nothing is parsed. Never raises, whatever the bytes.

    A side is None where it does not exist, or could not be read: then the path has to do.
    """
    from antipasta_hook.significance import text

    return text.by_text(change, settings, before, after)


def counts_layout(criteria: Criteria) -> bool:
    """Whether comments and layout matter: where numbers of whole files are judged, the lines among them."""
    return not criteria.limits.keys() <= set(FUNCTION_METRICS)


def may_be_same_code(before: bytes, after: bytes) -> bool:
    """Whether a proof is worth its time: the lines that two sources do not share hold the same names and keywords."""
    from antipasta_hook.significance import words

    return words.may_be_same_code(before, after)


def is_proved_equal(before: bytes, after: bytes) -> bool:
    """Whether two sources are the same code: equal syntax trees apart from positions, equal suppression comments.

    False is no proof of the contrary: what cannot be parsed, or is too large to be parsed for this, is not proved.
    """
    if before == after:
        return True
    from antipasta_hook.significance import proof

    return proof.is_same_code(before, after)
