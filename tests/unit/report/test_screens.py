"""Every golden screen, and what must hold for each of them."""

import re
from pathlib import Path

import pytest

from antipasta_hook.report.layout import columns
from antipasta_hook.report.text import render
from tests.unit.report.screens import FIXTURES, load

CASES = sorted(FIXTURES.glob("*.txt"))
PLACE_OR_COMMAND = re.compile(r"^\S+:\d+$|^  \S+:\d+$|^      \S")
"""What is copied or clicked, and so is never cut."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_screen_looks_as_it_should(case: Path) -> None:
    golden = load(case.read_text("utf-8"))
    assert render(golden.report, full=golden.full, screen=golden.screen) == golden.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_screen_keeps_within_its_columns_and_characters(case: Path) -> None:
    golden = load(case.read_text("utf-8"))
    text = render(golden.report, full=golden.full, screen=golden.screen)
    wide = [line for line in text.splitlines() if columns(line) > golden.screen.width]
    assert [line for line in wide if not PLACE_OR_COMMAND.match(line)] == []
    text.encode(golden.screen.encoding)
    assert golden.screen.unicode or not set(text) & set("\u2192\u2026\u2013")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_block_has_at_most_a_dozen_lines(case: Path) -> None:
    golden = load(case.read_text("utf-8"))
    blocks = render(golden.report, screen=golden.screen).split("\n\n")[1:-1]
    assert all(block.count("\n") < 12 for block in blocks if not block.startswith("Also blocking"))


def test_the_screens_are_found() -> None:
    assert len(CASES) >= 20
