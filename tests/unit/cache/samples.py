"""File metrics for tests: an empty one, a rich one, an unreadable one and large ones."""

import random

from antipasta_hook.model import (
    FileMetrics,
    FunctionMetrics,
    Halstead,
    Raw,
    Reading,
    SourceError,
    Suppression,
)

EMPTY = FileMetrics(
    reading=Reading.FULL,
    error=None,
    generated=False,
    cyclomatic_total=0,
    cognitive_total=0,
    halstead=Halstead(0, 0, 0, 0),
    raw=Raw(0, 0, 0, 0, 0, 0, 0),
    functions=(),
)
RICH = FileMetrics(
    reading=Reading.FULL,
    error=None,
    generated=True,
    cyclomatic_total=7,
    cognitive_total=9,
    halstead=Halstead(3, 5, 8, 13),
    raw=Raw(21, 13, 12, 4, 3, 2, 4),
    functions=(
        FunctionMetrics(
            symbol="Café.<locals>.größe",
            line=3,
            end_line=9,
            cyclomatic=4,
            assertions=1,
            cognitive=None,
            halstead=None,
            code_hash=2**64 - 1,
            body=b"\x00\x01\x02\x03\xff\xfe\xfd\xfc",
            suppressions=(
                Suppression(None, None, "noqa: C901 - ünfair 🍝"),
                Suppression("cognitive_complexity", 19.5, "antipasta: allow cognitive=19.5"),
            ),
        ),
        FunctionMetrics("g", 11, 12, 1, 0, 2, Halstead(1, 2, 3, 4), 0, b""),
    ),
)
BROKEN = FileMetrics(
    reading=Reading.BROKEN,
    error=SourceError("'(' was never closed", 3),
    generated=False,
    cyclomatic_total=None,
    cognitive_total=None,
    halstead=None,
    raw=None,
    functions=(),
)


def large(functions: int, seed: int = 0) -> FileMetrics:
    """A file of that many functions of some 20 lines, the same for the same seed."""
    chance = random.Random(seed)
    return EMPTY._replace(
        functions=tuple(
            FunctionMetrics(
                symbol=f"Service{index // 8}.method_{index}",
                line=22 * index + 1,
                end_line=22 * index + 20,
                cyclomatic=chance.randrange(1, 15),
                assertions=chance.randrange(2),
                cognitive=chance.randrange(25),
                halstead=Halstead(*(chance.randrange(90) for _ in range(4))),
                code_hash=chance.getrandbits(64),
                body=chance.randbytes(4 * 20),
            )
            for index in range(functions)
        )
    )
