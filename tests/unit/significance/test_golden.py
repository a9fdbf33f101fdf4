"""Every golden fixture of significance."""

from pathlib import Path

import pytest

from tests.unit.significance.golden import FIXTURES, read, written

CASES = sorted(FIXTURES.rglob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.relative_to(FIXTURES)))
def test_a_fixture_gets_the_scores_and_reasons_it_says(case: Path) -> None:
    golden = read(case.read_text(encoding="utf-8"))
    assert list(written(golden)) == golden.expected


def test_the_fixtures_are_found() -> None:
    assert len(CASES) >= 60
