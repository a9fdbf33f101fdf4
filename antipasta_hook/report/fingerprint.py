"""What stays of a finding when lines move: the same text for the same function and metric, wherever it now stands."""

from collections.abc import Sequence
from hashlib import sha256
from json import dumps

from antipasta_hook.model import Finding


def fingerprints(findings: Sequence[Finding], *, with_values: bool = False) -> list[str]:
    """One for each finding, in the order given; no two are equal.

    It is made of the metric, the path and the symbol; functions of one name in one file are told apart by which comes
    first. ``with_values``: another one where the value is another.
    """
    counts: dict[tuple[str, str, str | None], int] = {}
    found: dict[int, str] = {}
    for index in sorted(range(len(findings)), key=lambda index: findings[index].line):
        finding = findings[index]
        key = (finding.metric, finding.path, finding.symbol)
        counts[key] = counts.get(key, 0) + 1
        value = [finding.value] if with_values else []
        found[index] = sha256(dumps([*key, counts[key], *value]).encode("ascii")).hexdigest()
    return [found[index] for index in range(len(findings))]
