"""What a run of one target came to, and whether that is enough."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

SLOWEST = 1.0  # CPU seconds
LARGEST = 500 << 20  # bytes
ENOUGH_INPUTS = 100_000
ENOUGH_SECONDS = 30 * 60


@dataclass
class Figures:
    """Of one target. ``coverage``: arcs or edges seen, at nine tenths of the inputs and at the end."""

    target: str
    inputs: int = 0
    seconds: float = 0
    coverage_before: int = 0
    coverage: int = 0
    slowest: float = 0
    """CPU seconds."""
    memory: int = 0
    """Peak bytes of the process that ran it."""
    crashes: list[str] = field(default_factory=list)

    def written(self) -> str:
        """For another process."""
        return json.dumps(asdict(self))

    @property
    def enough(self) -> bool:
        """Whether the bar is reached in inputs or time, and coverage has settled."""
        return (self.inputs >= ENOUGH_INPUTS or self.seconds >= ENOUGH_SECONDS) and self.settled

    @property
    def settled(self) -> bool:
        """No new coverage in the last tenth."""
        return self.coverage == self.coverage_before

    @property
    def clean(self) -> bool:
        """Nothing crashed, hung or grew."""
        return not self.crashes and self.slowest <= SLOWEST and self.memory <= LARGEST


def read(text: str) -> Figures:
    """What ``written`` wrote."""
    return Figures(**json.loads(text))


class Growth:
    """Coverage over the inputs of a run."""

    def __init__(self) -> None:
        self._steps: list[tuple[int, int]] = []

    def note(self, inputs: int, coverage: int) -> None:
        """So much was covered after so many inputs."""
        if not self._steps or self._steps[-1][1] != coverage:
            self._steps.append((inputs, coverage))

    def at(self, inputs: float) -> int:
        """What was covered by then."""
        return max((coverage for when, coverage in self._steps if when <= inputs), default=0)


def table(found: Iterable[Figures]) -> Iterator[str]:
    """Markdown, a line for each target."""
    yield "| target | inputs | seconds | coverage at 9/10 | at the end | new in last tenth | slowest | memory | found |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for each in found:
        yield (
            f"| {each.target} | {each.inputs:,} | {each.seconds:,.0f} | {each.coverage_before:,} | {each.coverage:,} "
            f"| {'no' if each.settled else 'yes'} | {each.slowest:.3f} s | {each.memory >> 20} MB "
            f"| {len(each.crashes)} |"
        )
