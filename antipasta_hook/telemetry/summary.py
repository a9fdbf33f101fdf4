"""A record for people, a few lines of it: what ``-vv`` adds."""

from collections.abc import Iterator
from typing import Final

from antipasta_hook.report.words import count, printable
from antipasta_hook.telemetry.record import Record

_NAMED: Final = 5
_MB: Final = 1_000_000


def lines(record: Record) -> Iterator[str]:
    """Where the time went, what the cache did, who measured, how much memory that took."""
    yield f"run {record.circumstances.run_id}: {record.took_ms:,.0f} ms, {record.usage.cpu_ms:,.0f} ms of processor"
    stages = ", ".join(f"{stage} {took:,.0f}" for stage, took in record.stages_ms.items())
    yield f"stages, ms: start {record.took_ms - sum(record.stages_ms.values()):,.0f}, {stages}"
    yield (
        f"cache: {record.hits:,} hits, {record.misses:,} misses, "
        f"{record.bytes_read / _MB:,.1f} MB read, {record.bytes_written / _MB:,.1f} MB written"
    )
    yield f"measured: {count(record.measured, 'file')} in {sum(record.busy_ms.values()):,.0f} ms, {record.executor}"
    slow = [f"{printable(each.path or each.blob[:12])} {each.took_ms:,.0f}" for each in record.slowest[:_NAMED]]
    if slow:
        yield f"slowest, ms: {', '.join(slow)}"
    if record.usage.peak_bytes:
        children = record.usage.children_peak_bytes
        besides = f", {children / _MB:,.0f} MB in a child" if children else ""
        yield f"memory: {record.usage.peak_bytes / _MB:,.0f} MB{besides}"
