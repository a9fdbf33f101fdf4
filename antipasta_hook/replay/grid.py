"""The same commits under other limits: judged again with what was measured, by the same judge. Pure."""

from typing import Final

from antipasta_hook.config.settings import LIMITS, Layer, Settings, Value
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, ChangeSet, Level
from antipasta_hook.model.backtest import LimitPair
from antipasta_hook.replay.touched import Touched, functions_of
from antipasta_hook.verdict import blocks
from antipasta_hook.verdict.limits import value_of

CYCLOMATIC_LIMITS: Final = (8.0, 10.0, 12.0, 15.0, 20.0)
COGNITIVE_LIMITS: Final = (10.0, 15.0, 20.0, 25.0)


class Grid:
    """Some settings with other limits, wherever they judge by the two metrics that block by default.

    ``settings`` are those, ``in_force`` is what they set for the root (None: that metric does not block there), which
    is among the limits.
    """

    def __init__(self, settings: Settings) -> None:
        own = (_own(settings, CYCLOMATIC), _own(settings, COGNITIVE))
        self.settings: Final = settings
        self.in_force: Final = own
        self.cyclomatic = _with(CYCLOMATIC_LIMITS, own[0])
        self.cognitive = _with(COGNITIVE_LIMITS, own[1])
        self._others: dict[LimitPair, Settings] = {}
        self._latest: Grid = self

    def of(self, settings: Settings) -> "Grid":
        """The same limits in place of those of other settings: one grid as long as these say the same."""
        if settings.layers != self._latest.settings.layers:
            self._latest = Grid(settings)
            self._latest.cyclomatic, self._latest.cognitive = self.cyclomatic, self.cognitive
        return self._latest

    @property
    def lowest(self) -> LimitPair:
        """The lowest limits."""
        return LimitPair(self.cyclomatic[0], self.cognitive[0])

    def stopping(self, part: Touched, *, stopped: bool) -> frozenset[LimitPair]:
        """The pairs of limits that stop what is left of a change; ``stopped``: the settings do.

        Limits that nothing exceeds are alike, so few pairs have to be judged.
        """
        if not part.changeset.comparisons[0].changes:
            return frozenset()
        tops = self._tops(part)
        own = self._only_limits(part.changeset)
        judged = {} if own is None else {self._alike(own, tops): stopped}
        stopping = set()
        for pair in (LimitPair(one, other) for one in self.cyclomatic for other in self.cognitive):
            alike = self._alike(pair, tops)
            if alike not in judged:
                judged[alike] = blocks(*part, self.under(alike))
            if judged[alike]:
                stopping.add(pair)
        return frozenset(stopping)

    def _alike(self, pair: LimitPair, tops: LimitPair) -> LimitPair:
        """The pair that stands for all that are no other to this change."""
        return LimitPair(
            pair.cyclomatic if pair.cyclomatic < tops.cyclomatic else max(self.cyclomatic),
            pair.cognitive if pair.cognitive < tops.cognitive else max(self.cognitive),
        )

    def _only_limits(self, changeset: ChangeSet) -> LimitPair | None:
        """The limits that the settings have for all files of a change alike, if these are among ours."""
        found = set()
        for change in changeset.comparisons[0].changes:
            limits = self.settings.criteria(change.path).limits
            found.add(tuple(limits[metric].limit if metric in limits else None for metric in (CYCLOMATIC, COGNITIVE)))
        (one, other), *others = found or {(None, None)}
        if others or one not in self.cyclomatic or other not in self.cognitive:
            return None
        return LimitPair(one, other)

    def under(self, pair: LimitPair) -> Settings:
        """The settings with these limits in place of all others; what is not judged still is not."""
        if pair not in self._others:
            values = {f"{LIMITS}{metric}.limit": Value(limit) for metric, limit in _by_metric(pair)}
            self._others[pair] = Settings([*self.settings.layers[1:], Layer("", values)], strict=self.settings.strict)
        return self._others[pair]

    def _tops(self, part: Touched) -> LimitPair:
        """The highest value of either metric on a new side."""
        cyclomatic = cognitive = 0.0
        for change in part.changeset.comparisons[0].changes:
            criteria = self.settings.criteria(change.path)
            for function in functions_of(part.measured, change.after.oid if change.after else ""):
                cyclomatic = max(cyclomatic, value_of(function, CYCLOMATIC, criteria) or 0)
                cognitive = max(cognitive, value_of(function, COGNITIVE, criteria) or 0)
        return LimitPair(cyclomatic, cognitive)


def _own(settings: Settings, metric: str) -> float | None:
    limit = settings.criteria("").limits.get(metric)
    return limit.limit if limit is not None and limit.level == Level.ERROR else None


def _with(limits: tuple[float, ...], own: float | None) -> tuple[float, ...]:
    return limits if own is None else tuple(sorted({*limits, own}))


def _by_metric(pair: LimitPair) -> tuple[tuple[str, float], tuple[str, float]]:
    return (CYCLOMATIC, pair.cyclomatic), (COGNITIVE, pair.cognitive)
