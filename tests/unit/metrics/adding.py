"""Whether the lines of a function add up to its numbers."""

from collections.abc import Iterator

from antipasta_hook.metrics import anatomy, measure
from antipasta_hook.model import CYCLOMATIC


def _sum(adding: tuple[tuple[int, int], ...] | None) -> int | None:
    return None if adding is None else sum(adds for _, adds in adding)


def unequal(source: bytes) -> Iterator[str]:
    """The functions whose lines do not add up to their numbers, or lie outside of them."""
    read = anatomy(source)
    for function in measure(source).functions:
        plain, with_asserts = read.function(function.line), read.function(function.line, count_asserts=True)
        assert plain is not None
        assert with_asserts is not None
        sums = (_sum(plain.cyclomatic), _sum(plain.cognitive), _sum(with_asserts.cyclomatic))
        numbers = (function.cyclomatic, function.cognitive, function.value(CYCLOMATIC, count_asserts=True))
        if sums != numbers:
            yield f"{function.line} {function.symbol}: {sums} is not {numbers}"
        for line, adds in [*(plain.cyclomatic or ()), *(plain.cognitive or ())]:
            assert function.line <= line <= function.end_line
            assert adds > 0
