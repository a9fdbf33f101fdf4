"""How a checkup is written."""

import pytest

from antipasta_hook.model.checkup import Checkup, Row, Section, State, shared
from antipasta_hook.report.doctor import FORMATS, issue, renderer
from tests.hostile_texts import LINES, TERMINAL

WELL = shared("short", "1.0")
WARNED = Row("much longer", "/home/me: thin", "thin", State.WARNING, "type this\nand that")
BROKEN = Row("gone", "/home/me", None, State.BROKEN, "rm /home/me")


def checkup(*rows: Row) -> Checkup:
    return Checkup((Section("things", rows), Section("nothing", ())))


def test_a_line_for_each_thing_and_what_to_type_below_what_is_not_well() -> None:
    assert renderer("text")(checkup(WELL, WARNED, BROKEN)).splitlines() == [
        "things",
        "    short        1.0",
        "  ! much longer  /home/me: thin",
        "                 next: type this",
        "                       and that",
        "  x gone         /home/me",
        "                 next: rm /home/me",
        "",
        "nothing",
        "",
        "antipasta-hook: 1 thing that a verdict needs is broken (x); 1 warning (!)",
    ]


@pytest.mark.parametrize(
    ("rows", "said", "state"),
    [
        ((), "all that a verdict needs works", State.WELL),
        ((WELL, WARNED, WARNED), "all that a verdict needs works; 2 warnings (!)", State.WARNING),
        ((BROKEN, BROKEN, WELL), "2 things that a verdict needs are broken (x)", State.BROKEN),
    ],
)
def test_the_last_line_says_how_it_is_as_a_whole(rows: tuple[Row, ...], said: str, state: State) -> None:
    assert renderer("text")(checkup(*rows)).splitlines()[-1] == f"antipasta-hook: {said}"
    assert checkup(*rows).state == state


def test_strangers_see_what_is_public_and_what_is_broken_alone() -> None:
    text = issue.render(checkup(WELL, WARNED, BROKEN))
    assert "  ! much longer  thin\n  x gone         -\n" in text
    assert "/home/me" not in text
    assert "type this" not in text
    assert text.count("```") == 2


@pytest.mark.parametrize("text", [*LINES.values(), *TERMINAL.values()])
def test_nothing_that_is_found_can_forge_a_line(text: str) -> None:
    found = checkup(Row("name", text, text, State.WARNING, text.replace("\n", "")))
    for written in (*(renderer(name)(found) for name in FORMATS), issue.render(found)):
        assert all(line.isprintable() for line in written.split("\n"))
    assert sum(line.startswith("  ! ") for line in renderer("text")(found).split("\n")) == 1
