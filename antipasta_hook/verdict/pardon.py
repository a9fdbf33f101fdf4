"""Which suspects are excused, and in what words: the numbers of drafts and of what their code may have come from."""

from collections.abc import Sequence

from antipasta_hook.config.settings import Settings
from antipasta_hook.verdict.draft import Draft
from antipasta_hook.verdict.excuse import Excuse, Source, Suspect, excuses, have_sources
from antipasta_hook.verdict.gate import in_words
from antipasta_hook.verdict.limits import excess, growth, tolerated_growth, value_of
from antipasta_hook.verdict.lineage import Lineage, predecessors
from antipasta_hook.verdict.matching import Place


def pardons(suspects: Sequence[Draft], lineage: Lineage, metric: str, settings: Settings) -> dict[int, str]:
    """The suspects of one metric that are excused: index -> why."""
    found = excuses([_suspect(draft) for draft in suspects], _sources(lineage, metric, settings))
    return {number: _in_words(excuse) for number, excuse in found.items()}


def related(suspects: Sequence[Draft], lineage: Lineage, metric: str, settings: Settings) -> set[int]:
    """The suspects of one metric whose code came, for half at least, from what fell or left: their indices."""
    return have_sources([_suspect(draft) for draft in suspects], _sources(lineage, metric, settings))


def _suspect(draft: Draft) -> Suspect:
    limit, metric = draft.criteria.limits[draft.metric].limit, draft.metric
    return Suspect(draft.pair.new, excess(draft.value, limit, metric), excess(draft.before, limit, metric))


def _sources(lineage: Lineage, metric: str, settings: Settings) -> list[Source]:
    found = (_source(old, new, metric, settings) for old, new in predecessors(lineage))
    return [source for source in found if source is not None]


def _source(old: Place, new: Place | None, metric: str, settings: Settings) -> Source | None:
    """An old function that is gone or whose value fell; where its file is not judged it has nothing to pay with."""
    criteria = settings.criteria(new.path if new else old.path)
    value = value_of(old.function, metric, criteria)
    new_value = value_of(new.function, metric, criteria) if new else None
    if value is None or not _fell(value, new, new_value, metric):
        return None
    heir = new if new_value is not None else None  # what has no value of its own lies in the function that has it
    limit = criteria.limits.get(metric)
    if limit is None:
        return Source(old, value, new_value, excess=0, new_excess=0, heir=heir)
    over = excess(value, limit.limit, metric)
    tolerated = tolerated_growth(value, limit) if over else 0
    return Source(old, value, new_value, over, excess(new_value, limit.limit, metric), tolerated, heir)


def _fell(value: float, new: Place | None, new_value: float | None, metric: str) -> bool:
    """Whether a function is gone or better than it was; not measured is not the same as fallen."""
    if new_value is not None:
        return growth(value, new_value, metric) < 0
    return new is None or new.function.cyclomatic is not None


def _in_words(excuse: Excuse) -> str:
    source = excuse.sources[0]
    before = f"{in_words(source.value)} before"
    now = "gone now" if source.new_value is None else f"{in_words(source.new_value)} now"
    others = f" and {len(excuse.sources) - 1} more" if len(excuse.sources) > 1 else ""
    in_all = "no worse in all"
    if excuse.rise > 0:
        in_all = f"worse by {in_words(excuse.rise)} in all, up to {in_words(excuse.tolerated)} is tolerated"
    return f"its code came out of {source.place.function.symbol} ({before}, {now}){others}: {in_all}"
