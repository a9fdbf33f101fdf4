"""Where a replay measures: every blob once, however many commits need it, and what cannot be had named once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from antipasta_hook.analyse import reading
from antipasta_hook.analyse.bench import NOT_NEEDED, Bench, Want
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.analyse.executor import Answer, Lost, Task
from antipasta_hook.config.settings import Settings
from antipasta_hook.metrics import measure
from antipasta_hook.model import ChangeSet, Clocked, FileMetrics, FileStatus, Measurement, Reading
from antipasta_hook.model.backtest import Blobs
from antipasta_hook.replay.archive import Archive
from antipasta_hook.verdict import Needs, needs

if TYPE_CHECKING:
    from antipasta_hook.changes import BlobSource

_UNREMARKABLE: Final = Measurement(
    FileStatus.ANALYSED, FileMetrics(Reading.FULL, None, generated=False, cyclomatic_total=0, cognitive_total=0,
                                     halstead=None, raw=None, functions=())
)  # fmt: skip

Known = dict[str, Measurement]
"""What is known for one commit, by blob id."""


def foreseen(changeset: ChangeSet, settings: Settings) -> list[Want]:
    """What will be needed whatever it measures: all that would be if nothing were over a limit."""
    assumed: Known = {}
    wants: list[Want] = []
    while blobs := (wanted := needs(changeset, assumed, settings)).blobs:
        wants += [Want(oid, wanted.even_generated) for oid in blobs]
        assumed |= dict.fromkeys(blobs, _UNREMARKABLE)
    return wants


def unsettled(known: Known) -> Known:
    """What holds whatever is judged: without what was set aside because the suspects of the day got nothing from it."""
    return {oid: each for oid, each in known.items() if each is not NOT_NEEDED and not _is_unread(each)}


def _is_unread(known: Measurement) -> bool:
    return known.metrics is not None and known.metrics.reading in {Reading.BROKEN, Reading.DEEP}


class Measuring:
    """Measures the blobs of one repository; the ``crew`` helps where that pays."""

    def __init__(self, blobs: "BlobSource", archive: Archive, crew: Crew) -> None:
        self._blobs = blobs
        self._archive = archive
        self._crew = crew
        self._lost: dict[str, Measurement] = {}

    def prepare(self, oids: Iterable[str]) -> Iterator[str]:
        """Measure what is not known of these blobs, with all hands; yields each when it is done."""
        wanted = [oid for oid in dict.fromkeys(oids) if oid not in self._lost]
        found = self._archive.find(wanted)
        for answer in self._measured([oid for oid in wanted if oid not in found]):
            if isinstance(answer.result, Lost):
                self._lost[answer.key] = Measurement(FileStatus.UNREADABLE, None, *answer.result)
            else:
                self._archive.put(answer.key, answer.result)
            yield answer.key

    def _measured(self, oids: list[str]) -> Iterator[Answer]:
        tasks = self._tasks(oids)
        if self._crew.is_called or self._crew.pays(sum(self._blobs.size(oid) or 0 for oid in oids)):
            return self._crew.measured(tasks)
        return (Answer(task.key, measure(task.source)) for task in tasks)

    def keep(self) -> None:
        """Put what was measured into the cache."""
        self._archive.keep()

    def measurements(
        self, changeset: ChangeSet, settings: Settings, wants: Sequence[Want] = (), known: Known | None = None
    ) -> Known:
        """All that the verdict needs for one commit, as at a commit: what was foreseen, and what that makes necessary.

        ``known`` is what was found for it before.
        """
        bench = _Bench(self._blobs, self._archive, self._lost)
        bench.measured.update(known or {})
        bench.look_up(wants)
        if needs(changeset, bench.measured, settings) != Needs():
            reading.Reading(changeset, settings, bench).complete()
        return bench.measured

    @property
    def measured(self) -> int:
        """How many blobs were measured so far."""
        return len(self._archive.measured)

    def blobs(self) -> Blobs:
        """How many there were so far, and what became of them."""
        lost = Counter(each.reason or "not looked at" for each in self._lost.values())
        return Blobs(len(self._archive.measured), len(self._archive.known), tuple(sorted(lost.items())))

    def _tasks(self, oids: Iterable[str]) -> Iterator[Task]:
        for oid in oids:
            if (source := self._source(oid)) is not None:
                yield Task(oid, source)

    def _source(self, oid: str) -> bytes | None:
        """The bytes of a blob that is to be measured; None where it is not, and why is noted."""
        bench = _Bench(self._blobs, self._archive, self._lost)
        return bench.source(Want(oid, even_generated=True))


class _Bench(Bench):
    """The bench of one commit, for which the archive is the cache."""

    def __init__(self, blobs: "BlobSource", archive: Archive, lost: dict[str, Measurement]) -> None:
        super().__init__(blobs, None)
        self._archive = archive
        self._lost = lost

    def read(self, oid: str) -> bytes | Measurement:
        """See Bench; what is lost is lost for all commits."""
        found = self._lost.get(oid) or super().read(oid)
        if isinstance(found, Measurement):
            self._lost[oid] = found
        return found

    def record(self, oid: str, metrics: FileMetrics, clocked: Clocked | None = None) -> None:
        """See Bench."""
        self._archive.put(oid, metrics)
        super().record(oid, metrics, clocked)

    def _cached(self, oids: list[str]) -> dict[str, FileMetrics]:
        return self._archive.find(oids)
