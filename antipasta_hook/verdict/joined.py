"""Several verdicts of one run, as when several branches are pushed: one answer, the worst word of all."""

from collections.abc import Sequence

from antipasta_hook.model import Outcome, Verdict

_WORST_FIRST = (Outcome.FAIL, Outcome.INCOMPLETE, Outcome.PASS)


def joined(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict of at least one; its scope is that of the first with the worst word. Nothing is said twice."""
    worst = min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict.outcome))
    if len(verdicts) == 1:
        return worst
    return Verdict(
        scope=worst.scope,
        outcome=worst.outcome,
        findings=tuple(dict.fromkeys(finding for verdict in verdicts for finding in verdict.findings)),
        files=tuple({(file.path, file.blob): file for verdict in verdicts for file in verdict.files}.values()),
        problems=tuple(dict.fromkeys(problem for verdict in verdicts for problem in verdict.problems)),
    )
