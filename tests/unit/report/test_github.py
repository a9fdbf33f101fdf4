from antipasta_hook.model import Status
from antipasta_hook.report.github import render
from tests.unit.report.readers import Command, commands
from tests.unit.report.sample import EVERYTHING, finding, report


def _read(text: str) -> list[Command]:
    return [each for each in commands(text) if isinstance(each, Command)]


def test_nothing_to_say_is_nothing() -> None:
    assert render(report()) == ""


def test_all_that_is_said_of_a_function_is_one_annotation() -> None:
    (told,) = [
        each for each in _read(render(EVERYTHING)) if each.properties.get("file") == "a.py" and each.name == "error"
    ]
    assert told.properties == {"file": "a.py", "line": "3", "endLine": "23", "title": "antipasta-hook: f"}
    assert told.data == "cyclomatic 8 -> 14 (limit 10), introduced\ncognitive 31 (limit 15), introduced"


def test_what_was_there_before_and_what_is_allowed_is_only_told_in_full() -> None:
    quiet = [
        finding(line=n, status=status, why_not="so")
        for n, status in enumerate((Status.EXISTING, Status.IMPROVED, Status.SUPPRESSED, Status.RESOLVED), 1)
    ]
    assert render(report(*quiet)) == ""
    assert [each.name for each in _read(render(report(*quiet), full=True))] == ["notice"] * 4


def test_github_shows_ten_of_a_kind_so_the_worst_come_and_the_rest_is_counted() -> None:
    blocking = [finding(line=n, value=10 + n) for n in range(1, 15)]
    passing = [finding(line=n, status=Status.WORSENED, why_not="so") for n in range(101, 116)]
    old = [finding(line=n, status=Status.EXISTING, why_not="so") for n in range(201, 222)]
    read = _read(render(report(*blocking, *passing, *old), full=True))
    assert [each.name for each in read] == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert [each.properties["line"] for each in read[:10]] == [str(n) for n in range(14, 4, -1)]
    assert read[-1].properties == {"title": "antipasta-hook"}
    assert read[-1].data == "GitHub shows 10 of a kind; left out here: 4 more errors, 5 more warnings, 12 more notices"


def test_ten_of_each_are_all_shown() -> None:
    blocking = [finding(line=n) for n in range(1, 11)]
    old = [finding(line=n, status=Status.EXISTING, why_not="so") for n in range(201, 211)]
    assert len(_read(render(report(*blocking, *old), full=True))) == 20


def test_a_name_of_any_length_leaves_room_for_the_rest() -> None:
    (told,) = _read(render(report(finding(symbol="f" * 100_000)._replace(why_not="w" * 100_000))))
    assert len(told.properties["title"]) < 255
    assert len(told.data) < 4096
