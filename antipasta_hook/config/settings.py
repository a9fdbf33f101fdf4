"""The compiled settings: what the pipeline reads while it runs. Building them from files is another module's work.

Settings are layers of plain values, the weakest first: the defaults, then each settings file from the root of the
repository down, then what the command line says. For one file of code the last layer that reaches it wins, key by key.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, cast

from antipasta_hook.config.patterns import Verdict, ignore_verdict
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, FILE_METRICS, MAINTAINABILITY, Gate, Level, Problem

Plain = str | float | bool | None | tuple[str, ...]
"""What a value is once it has been validated."""

LIMITS: Final = "limits."
SETTINGS_FILE: Final = ".antipasta.yaml"
PROJECT_FILE: Final = "pyproject.toml"
BUDGET: Final = "budget_ms"


class Value(NamedTuple):
    """One value; ``origin`` is where it stands (``.antipasta.yaml:4``, ``--gate``), None for a default."""

    value: Plain
    origin: str | None = None


class Override(NamedTuple):
    """Values for some of the paths below a layer's directory; ``paths`` are gitignore patterns from there."""

    paths: tuple[str, ...]
    values: Mapping[str, Value]


class Layer(NamedTuple):
    """One settings file, validated: ``values`` by key (KEYS and ``limits.METRIC.{limit,level,tolerance}``).

    ``directory`` is where it applies, ``""`` for everything. Its overrides come after its values, in their order.
    """

    directory: str
    values: Mapping[str, Value]
    overrides: tuple[Override, ...] = ()


class Loaded(NamedTuple):
    """What settings files say, and what is to be said about them.

    ``layers`` are the weakest first: pyproject.toml, then ``.antipasta.yaml`` from the root down.
    """

    layers: tuple[Layer, ...] = ()
    problems: tuple[Problem, ...] = ()


class Limit(NamedTuple):
    """A value above ``limit`` (below, for maintainability) is over; ``level`` says what that means.

    ``tolerance`` is the growth of an old offender that does not block yet; None is min(5, max(2, 20 % of the old
    value)), 0 is strict. ``origin`` is where the limit is set, None for a default.
    """

    limit: float
    level: Level = Level.ERROR
    tolerance: float | None = None
    origin: str | None = None


class Criteria(NamedTuple):
    """By what one file is judged; ``limits`` has the metrics whose level is not ``off``."""

    limits: Mapping[str, Limit]
    gate: Gate = Gate.INTRODUCED
    count_asserts: bool = False
    unreadable: Level = Level.ERROR
    """What a syntax error that a change brings means."""


class RunSettings(NamedTuple):
    """What holds for a run as a whole. Times are milliseconds, None: no limit. Sizes are bytes."""

    budget_ms: float | None
    push_budget_ms: float | None
    on_error: str
    on_deferred: str
    reader: str
    cache_directory: str | None
    cache_size: int | None
    cache_eviction: str | None


DEFAULT_VALUES: Final[Mapping[str, Plain]] = {
    f"{LIMITS}{CYCLOMATIC}.limit": 10,
    f"{LIMITS}{COGNITIVE}.limit": 15,
    f"{LIMITS}{MAINTAINABILITY}.level": "warning",  # 100 for a file without operators: good advice, a bad judge
    "gate": "introduced",
    "tolerance": None,
    "count_asserts": False,
    "on_unreadable": "fail",
    "include": (),
    "exclude": (),
    "critical.paths": (),
    "critical.functions": (),
    BUDGET: 2000,
    "push_budget_ms": 10_000,
    "on_error": "warn",
    "on_deferred": "pass",
    "reader": "auto",
    "cache.directory": None,
    "cache.size": None,
    "cache.eviction": None,
}

DEFAULT_LAYER: Final = Layer("", {key: Value(value) for key, value in DEFAULT_VALUES.items()})


class Settings:
    """Everything a run is told. Equal settings and equal blobs give an equal verdict.

    ``layers`` are the weakest first; ``strict``: what could not be judged fails (CI) instead of being named and let
    through (a commit).
    """

    def __init__(self, layers: Iterable[Layer] = (), *, strict: bool = False) -> None:
        self.layers: Final = (DEFAULT_LAYER, *layers)
        self.strict: Final = strict
        self._reaching: dict[str, tuple[Layer, ...]] = {}
        self._criteria: dict[tuple[int, ...], Criteria] = {}
        self._by_path: dict[str, Criteria] = {}
        self._at: dict[str, list[int]] = {}
        for number, layer in enumerate(self.layers):
            self._at.setdefault(layer.directory, []).append(number)
        self._words: dict[tuple[str, ...], Verdict] = {}

    def criteria(self, path: str) -> Criteria:
        """By what the file at this path is judged."""
        if path not in self._by_path:  # asked for each function
            applied = [values for layer in self.reaching(path) for values in self._values(layer, path)]
            key = tuple(map(id, applied))
            if key not in self._criteria:
                self._criteria[key] = _criteria(_merged(applied))
            self._by_path[path] = self._criteria[key]
        return self._by_path[path]

    def values(self, path: str) -> dict[str, Value]:
        """Every value that reaches a path, by key, each with its origin."""
        return _merged(values for layer in self.reaching(path) for values in self._values(layer, path))

    def run(self) -> RunSettings:
        """What holds for the run, whatever the path."""
        values = self.values("")
        return RunSettings(
            budget_ms=_number(values[BUDGET]),
            push_budget_ms=_number(values["push_budget_ms"]),
            on_error=str(values["on_error"].value),
            on_deferred=str(values["on_deferred"].value),
            reader=str(values["reader"].value),
            cache_directory=_text(values["cache.directory"]),
            cache_size=_whole(values["cache.size"]),
            cache_eviction=_text(values["cache.eviction"]),
        )

    def includes(self, path: str) -> bool:
        """Whether a path is asked for, whatever else is said of it: the nearest file that speaks of it decides."""
        return self._nearest_word("include", path)

    def excludes(self, path: str) -> bool:
        """Whether a path is not to be looked at: the nearest file that speaks of it decides."""
        return self._nearest_word("exclude", path)

    def reaching(self, path: str) -> tuple[Layer, ...]:
        """The layers that reach a path, the weakest first."""
        directory = path.rpartition("/")[0]
        if directory not in self._reaching:
            found = sorted(number for place in _upwards(directory) for number in self._at.get(place, ()))
            self._reaching[directory] = tuple(self.layers[number] for number in found)
        return self._reaching[directory]

    def _values(self, layer: Layer, path: str) -> Iterable[Mapping[str, Value]]:
        yield layer.values
        if layer.overrides:
            inner = _inner(layer, path)
            taken = {paths: self._word(paths)(inner) for paths in dict.fromkeys(each.paths for each in layer.overrides)}
            yield from (override.values for override in layer.overrides if taken[override.paths] is True)

    def _nearest_word(self, key: str, path: str) -> bool:
        for layer in reversed(self.reaching(path)):
            patterns = cast("tuple[str, ...]", layer.values[key].value) if key in layer.values else ()
            said = self._word(patterns)(_inner(layer, path)) if patterns else None
            if said is not None:
                return said
        return False

    def _word(self, patterns: tuple[str, ...]) -> Verdict:
        if patterns not in self._words:
            self._words[patterns] = ignore_verdict(patterns)
        return self._words[patterns]


def _inner(layer: Layer, path: str) -> str:
    """A path as the patterns of a layer see it: from the layer's directory."""
    return path[len(layer.directory) + 1 :] if layer.directory else path


def _upwards(directory: str) -> Iterator[str]:
    """A directory and all that it is in, the root last."""
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
    yield ""


def _merged(applied: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    for values in applied:
        merged.update(values)
    return merged


def _criteria(values: Mapping[str, Value]) -> Criteria:
    limits = {metric: limit for metric in FILE_METRICS if (limit := _limit(metric, values)).level != Level.OFF}
    return Criteria(
        limits=limits,
        gate=Gate(str(values["gate"].value)),
        count_asserts=bool(values["count_asserts"].value),
        unreadable=Level.ERROR if values["on_unreadable"].value == "fail" else Level.WARNING,
    )


_NO_LIMIT: Final = Limit(0, Level.OFF)


def _limit(metric: str, values: Mapping[str, Value]) -> Limit:
    """One metric's limit; a metric without a number is not judged, whatever level is set for it."""
    limit, level, tolerance = (values.get(f"{LIMITS}{metric}.{part}") for part in ("limit", "level", "tolerance"))
    number = limit and _number(limit)
    if limit is None or number is None:
        return _NO_LIMIT
    return Limit(
        limit=number,
        level=Level(str(level.value)) if level else Level.ERROR,
        tolerance=_number(tolerance or values["tolerance"]),
        origin=limit.origin,
    )


def _number(value: Value) -> float | None:
    return None if value.value is None else cast("float", value.value)


def _whole(value: Value) -> int | None:
    return None if value.value is None else int(cast("float", value.value))


def _text(value: Value) -> str | None:
    return None if value.value is None else str(value.value)


def told(**values: Plain) -> Layer:
    """The layer of what a command line says: ``told(gate="all")`` is ``--gate all``. It comes last of all."""
    return Layer("", {key: Value(value, f"--{key}") for key, value in values.items()})


class Told(NamedTuple):
    """What beats a repository's settings: the layer of the command line, and a file that stands for all of theirs.

    ``jobs`` is how many may measure at a time; None: as many as the machine bears. ``executor`` is who measures;
    None: whoever is quickest.
    """

    flags: Layer = told()
    config: str | None = None
    jobs: int | None = None
    executor: str | None = None

    @property
    def reader(self) -> str:
        """Who is to read from the first moment on, before there are settings."""
        return str(self.flags.values["reader"].value) if "reader" in self.flags.values else "auto"


DEFAULTS: Final = Settings()
