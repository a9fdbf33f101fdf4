"""Every golden fixture of the settings: what a file compiles to, and what is said of one that is wrong."""

from pathlib import Path

import pytest

from tests.unit.config.golden import FIXTURES, read, written

CASES = sorted(FIXTURES.rglob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.relative_to(FIXTURES)))
def test_a_settings_file_gives_what_its_fixture_says(case: Path) -> None:
    golden = read(case.read_text(encoding="utf-8"))
    assert list(written(golden)) == golden.expected


def test_the_fixtures_are_found() -> None:
    assert len(CASES) >= 60
