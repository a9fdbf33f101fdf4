from antipasta_hook.model import FileStatus
from antipasta_hook.report.text import render
from tests.unit.report.sample import FULL_REPORT, file, finding, report


def test_a_blocked_commit_reads_as_this() -> None:
    assert render(FULL_REPORT) == (
        "antipasta-hook: this commit makes 1 function and 1 file harder to understand\n"
        "\n"
        "a.py:3 f\n"
        "    cyclomatic 8 -> 14 (limit 10), introduced\n"
        "    cognitive 31 (limit 15), introduced\n"
        "\n"
        "b.py:7\n"
        "    cannot be parsed: line 7: invalid syntax\n"
        "\n"
        "Not blocking:\n"
        "  c.py:40 A.m  cyclomatic 20 -> 22 (limit 10), worsened: grew by 2, up to 4 is tolerated\n"
        "Not checked:\n"
        "  b.py: line 7: invalid syntax\n"
        "Please note:\n"
        "  a.py: line 9, h: noqa: C901 (listed for the reviewer)\n"
        "antipasta-hook: blocked - 2 files checked, 1 skipped, 1 over a limit before this commit, 0.12 s\n"
    )


def test_a_pass_with_nothing_to_say_is_one_line() -> None:
    assert render(report()) == "antipasta-hook: passed - 1 file checked, 0.12 s\n"


def test_long_lists_are_cut_and_counted_unless_all_is_asked_for() -> None:
    deferred = tuple(file(f"f{n}.py", FileStatus.DEFERRED, reason="no time") for n in range(9))
    text = render(report(files=deferred))
    assert "  f4.py: no time\n  ... and 4 more\n" in text
    assert "more" not in render(report(files=deferred), full=True)
    assert "  f8.py: no time\n" in render(report(files=deferred), full=True)


def test_names_from_a_repository_cannot_forge_lines_or_colours() -> None:
    evil = "a\n\x1b[31mfail\u202e\u2028\udce9.py"
    text = render(report(finding(path=evil, symbol="f\r\x9b2J")))
    assert "a\\n\\x1b[31mfail\\u202e\\u2028\\xe9.py:3 f\\r\\x9b2J\n" in text
    assert all(line.isprintable() for line in text.split("\n"))
