"""A record in Prometheus's text format, for the node exporter's textfile collector.

Every metric is a gauge: a file holds the state after the latest run, and the collector reads it as often as it likes.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from antipasta_hook.model import FileStatus, Outcome, Status
from antipasta_hook.report.words import printable
from antipasta_hook.telemetry.record import Record

PREFIX: Final = "antipasta_hook_"


def render(record: Record) -> str:
    """All metrics; each has the labels ``repository`` and ``scope``."""
    page = _Page(record)
    page.add("run_timestamp_seconds", "When the latest run ended, in seconds since 1970.", record.circumstances.when)
    page.add("run_duration_seconds", "How long it took, from the start of the process.", record.took_ms / 1000)
    page.add("run_budget_seconds", "How long it might take; 0 where there is no end.", (record.limit_ms or 0) / 1000)
    page.add("run_exit_code", "How it ended: 0 pass, 1 blocked, 2 usage, 3 could not judge.", record.code)
    page.each("run_outcome", "1 for the word of the verdict.", "outcome", _outcomes(record))
    page.each("stage_duration_seconds", "How long each stage took.", "stage", _seconds(record.stages_ms))
    page.add("files", "Files that were looked at.", record.looked_at)
    page.each("changed_files", "What became of the files of the change.", "status", _all(FileStatus, record.files))
    page.add("functions", "Functions in them.", record.functions)
    page.each("findings", "Values over a limit, or that were.", "status", _all(Status, record.findings))
    page.add("blocking_findings", "Those for which it blocks.", record.blocking)
    page.each("problems", "What could not be done, or had to be said.", "kind", record.problems)
    page.add("cache_hits", "Files that the cache knew.", record.hits)
    page.add("cache_misses", "Files that it did not know.", record.misses)
    page.add("cache_read_bytes", "What it gave.", record.bytes_read)
    page.add("cache_written_bytes", "What it was given.", record.bytes_written)
    page.add("measured_files", "Files that were measured.", record.measured)
    page.add("workers", "How many measured at a time, this process too if it did.", len(record.busy_ms))
    page.add("measuring_seconds", "How long measuring took, by all of them together.", _busy(record))
    page.add("ranked_files", "Files that were put in order because time was short.", record.ranked)
    page.add("selected_files", "Those of them that were to be measured.", record.selected)
    page.add("cpu_seconds", "Processor time of the process.", record.usage.cpu_ms / 1000)
    page.add("children_cpu_seconds", "Processor time of its children.", record.usage.children_cpu_ms / 1000)
    page.add("peak_memory_bytes", "The most memory that the process held.", record.usage.peak_bytes)
    page.add("children_peak_memory_bytes", "The most that one child held.", record.usage.children_peak_bytes)
    page.each("build_info", "What ran: always 1.", "version", {record.circumstances.version: 1})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(page)
    return generate_latest(registry).decode()


def _outcomes(record: Record) -> dict[str, float]:
    words = [*map(str, Outcome), "error"]
    return {word: float(word == record.outcome) for word in words}


def _seconds(times_ms: Mapping[str, float]) -> dict[str, float]:
    return {name: took / 1000 for name, took in times_ms.items()}


def _all(words: type[FileStatus] | type[Status], counts: Mapping[str, int]) -> dict[str, float]:
    """A count for every word, so that no series comes and goes."""
    return {str(word): counts.get(word, 0) for word in words}


def _busy(record: Record) -> float:
    return sum(record.busy_ms.values()) / 1000


class _Page:
    """The metrics of one record: families that are complete, and need no place where values are counted up."""

    def __init__(self, record: Record) -> None:
        about = record.circumstances
        self._labels = {"repository": printable(about.repository), "scope": about.scope}
        self._families: list[GaugeMetricFamily] = []

    def add(self, name: str, text: str, value: float) -> None:
        """A metric of one value."""
        family = GaugeMetricFamily(PREFIX + name, text, labels=list(self._labels))
        family.add_metric(list(self._labels.values()), value)
        self._families.append(family)

    def each(self, name: str, text: str, label: str, values: Mapping[str, float]) -> None:
        """A metric with a value for each of some words."""
        family = GaugeMetricFamily(PREFIX + name, text, labels=[*self._labels, label])
        for word, value in values.items():
            family.add_metric([*self._labels.values(), word], value)
        self._families.append(family)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All of them, for the registry."""
        yield from self._families
