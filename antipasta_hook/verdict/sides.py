"""What is known of the two sides of a change.

Blobs are measured, files are judged: one blob may stand at several paths, and be an old side here and a new one there.
So what a blob says of itself hides it only as a new side, where the settings do not ask for the file by name.
"""

from collections.abc import Mapping

from antipasta_hook.model import GENERATED, Change, FileMetrics, Measurement


def known_after(change: Change, measured: Mapping[str, Measurement]) -> Measurement | None:
    """What is known of the new side of a file that is not skipped."""
    if change.after is None or change.skip:
        return None
    known = measured.get(change.after.oid)
    if known is None or known.metrics is None or not known.metrics.generated or change.included:
        return known
    return GENERATED


def metrics_after(change: Change, measured: Mapping[str, Measurement]) -> FileMetrics | None:
    """The metrics by which a file is judged, if any."""
    known = known_after(change, measured)
    return known.metrics if known else None


def metrics_before(change: Change, measured: Mapping[str, Measurement]) -> FileMetrics | None:
    """The metrics of what a file was, whatever that said of itself; None where there are none, or it is skipped."""
    known = measured.get(change.before.oid) if change.before and not change.skip else None
    return known.metrics if known else None


def is_unmeasured(oid: str, measured: Mapping[str, Measurement], *, even_generated: bool) -> bool:
    """Whether a blob was not looked at yet, or only at what it says of itself where that is not all that is wanted."""
    known = measured.get(oid)
    return known is None or (even_generated and known == GENERATED)
