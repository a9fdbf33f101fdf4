"""Over a fixed spread of installed files every number equals radon's and complexipy's, or the closed list says why."""

import os

import pytest

from tests.differential.compare import REASONS
from tests.differential.corpus import default_roots, spread
from tests.differential.run import comparisons

FILES = 640
RAW_LIMIT = 2.0  # seconds a file; radon's line counts are quadratic in the length of a statement


@pytest.mark.differential
def test_every_number_equals_the_oracles() -> None:
    paths = spread(default_roots(), FILES)
    done = list(comparisons(paths, raw_limit=RAW_LIMIT, jobs=os.cpu_count() or 1))
    differences = [row for found in done for row in found.differences]

    assert len(done) >= 600
    assert sum(found.numbers for found in done) > 50_000
    assert sum(found.raw_compared for found in done) > 0.95 * len(done)
    assert [row for row in differences if row.reason is None] == []
    assert {row.reason for row in differences} <= set(REASONS)
