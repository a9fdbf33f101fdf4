import math

import pytest

from antipasta_hook import __version__
from antipasta_hook.metrics.suppressions import read
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, SYNTAX, Contribution, FileStatus, Scope, ScopeKind, Status
from antipasta_hook.report.layout import Style
from antipasta_hook.report.screen import PLAIN
from antipasta_hook.report.text import render, styled
from tests.unit.report.sample import FULL_REPORT, OID, file, finding, report


def test_a_report_without_lines_or_origins_says_what_it_has() -> None:
    assert render(FULL_REPORT) == (
        "antipasta-hook: this commit makes 1 function and 1 file harder to understand\n"
        "\n"
        "a.py:3 f\n"
        "    cyclomatic 8 -> 14 (limit 10)\n"
        "    cognitive 31, new (limit 15)\n"
        "    every line:  antipasta-hook explain --staged a.py::f\n"
        "    accept it:   # antipasta: allow cyclomatic=14 cognitive=31  on line 3\n"
        "    this once:   ANTIPASTA=warn git commit\n"
        "\n"
        "b.py:7\n"
        "    cannot be parsed: invalid syntax\n"
        "\n"
        "Not blocking:\n"
        "  c.py:40 A.m  cyclomatic 20 -> 22 (limit 10): grew by 2, up to 4 is tolerated\n"
        "Not this commit's doing: 1 function was over a limit before\n"
        "Silenced by this commit, listed for the reviewer:\n"
        "  a.py: line 9, h: noqa: C901\n"
        f"antipasta-hook {__version__}: blocked - 3 files checked, 1 skipped, 0.12 s\n"
    )


def test_a_pass_with_nothing_to_say_is_one_line() -> None:
    assert render(report()) == f"antipasta-hook {__version__}: passed - 1 file checked, 0.12 s\n"


def test_the_styled_lines_are_the_plain_ones() -> None:
    spans = styled(FULL_REPORT)
    assert "".join("".join(span.text for span in line).rstrip() + "\n" for line in spans) == render(FULL_REPORT)
    assert {span.text for line in spans for span in line if span.style == Style.BAD} == {
        "cyclomatic 8 -> 14",
        "cognitive 31, new",
        "cannot be parsed",
    }


def test_what_was_not_checked_is_one_line_unless_all_is_asked_for() -> None:
    unread = tuple(file(f"f{n}.py", FileStatus.UNREADABLE, reason="too big") for n in range(9))
    text = render(report(files=unread))
    assert text.startswith("Not checked: 9 files: f0.py (too big), f1.py (too big) and 7 more\n")
    assert "more" not in render(report(files=unread), full=True)
    assert "  f8.py (too big)\n" in render(report(files=unread), full=True)


def test_long_lists_are_cut_and_counted_unless_all_is_asked_for() -> None:
    warnings = [finding(f"f{n}.py", why_not="a warning") for n in range(9)]
    assert "  f4.py:3 f  cyclomatic 8 -> 14 (limit 10): a warning\n  ... and 4 more: --" in render(report(*warnings))
    assert "f8.py:3 f" in render(report(*warnings), full=True)
    blocking = [finding(f"f{n:03}.py") for n in range(99)]
    assert "f025.py" not in render(report(*blocking))
    assert render(report(*blocking), full=True).count("    cyclomatic 8 -> 14 (limit 10)\n") == 99


def test_how_to_go_on_is_said_once_at_the_first_function() -> None:
    broken = finding("a.py", 7, None, SYNTAX, value=None, before=None, limit=None)
    text = render(report(broken, finding("b.py"), finding("c.py")))
    assert text.count("this once:") == text.count("every line:") == 1
    assert "explain --staged b.py::f" in text


NEWER = "syntax newer than Python 3.11, which this hook runs on"
MOVED = "its code came out of Controller.handle_the_request (31 before, 5 now): no worse in all"


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("why", [NEWER, MOVED, "grew by 2, up to 5 is tolerated"])
def test_a_reason_is_read_in_full_at_any_width(why: str, width: int) -> None:
    told = finding("services/payments/api.py", 1234, "Controller.handle_one_more_request", why_not=why)
    unread = file("services/payments/providers/implementations.py", FileStatus.UNREADABLE, reason=why)
    for shown in (report(told), report(files=(unread, unread)), report(files=(unread,))):
        text = render(shown, screen=PLAIN._replace(width=width))
        assert why in " ".join(text.split())
        assert max(map(len, text.splitlines())) <= width
    assert "(limit 10): " in " ".join(render(report(told), screen=PLAIN._replace(width=width)).split())


def test_what_is_said_of_a_blocked_function_besides_is_said_in_its_block_alone() -> None:
    besides = [
        finding(metric=COGNITIVE, value=11, before=28, limit=15, status=Status.RESOLVED, why_not="within the limit"),
        finding(metric="halstead_volume", value=90.04, before=95.26, limit=80, status=Status.IMPROVED, why_not="less"),
        finding(metric="halstead_bugs", value=2, before=2, limit=0.05, status=Status.EXISTING, why_not="as before"),
        finding(metric="halstead_time", value=22, before=21, status=Status.WORSENED, why_not="grew by 1, it may"),
        finding(metric="halstead_effort", value=9, status=Status.SUPPRESSED, why_not="allowed on its def line: noqa"),
    ]
    assert render(report(finding(), *besides)) == (
        "antipasta-hook: this commit makes 1 function harder to understand\n"
        "\n"
        "a.py:3 f\n"
        "    cyclomatic 8 -> 14 (limit 10)\n"
        "    cognitive 28 -> 11, better\n"
        "    halstead volume 95.3 -> 90, better (limit 80)\n"
        "    halstead bugs 2, as before (limit 0.05)\n"
        "    halstead time 21 -> 22 (limit 10): grew by 1, it may\n"
        "    every line:  antipasta-hook explain --staged a.py::f\n"
        "    accept it:   # antipasta: allow cyclomatic=14  on line 3\n"
        "    this once:   ANTIPASTA=warn git commit\n"
        "\n"
        f"antipasta-hook {__version__}: blocked - 1 file checked, 0.12 s\n"
    )


def test_of_one_metric_a_block_says_only_what_blocks() -> None:
    other_ref = finding(before=14, status=Status.EXISTING, why_not="as it was before")
    assert "as before" not in render(report(finding(), other_ref))


@pytest.mark.parametrize("kind", [ScopeKind.RANGE, ScopeKind.TREE])
def test_who_pushes_is_told_of_a_push_whatever_is_compared(kind: ScopeKind) -> None:
    pushed = report(finding(), finding("b.py", status=Status.EXISTING, why_not="as it was before"))
    pushed = pushed._replace(verdict=pushed.verdict._replace(scope=Scope(kind, OID, OID)))
    text = render(pushed, screen=PLAIN._replace(push=True))
    assert "this push makes 1 function harder" in text
    assert "    this once:   ANTIPASTA=warn git push\n" in text
    assert "commit" not in text


def test_many_contributions_of_many_metrics_still_make_a_block_of_a_dozen_lines() -> None:
    lines = tuple(Contribution(n, 3, f"if a_{n}:", own=bool(n % 2)) for n in range(4, 40))
    names = (CYCLOMATIC, COGNITIVE, "halstead_volume", "halstead_difficulty", "halstead_effort", "halstead_bugs")
    (block,) = render(report(*(finding(metric=name)._replace(lines=lines) for name in names))).split("\n\n")[1:-1]
    assert block.count("\n") + 1 <= 13


@pytest.mark.parametrize(
    ("metric", "value", "comment"),
    [
        (CYCLOMATIC, 14, "# antipasta: allow cyclomatic=14"),
        ("halstead_volume", 1234567.25, "# antipasta: allow halstead_volume=1234568"),
        ("halstead_effort", 1e12, None),
    ],
)
def test_the_comment_allows_exactly_what_blocks(metric: str, value: float, comment: str | None) -> None:
    text = render(report(finding(metric=metric, value=value)))
    if comment is None:
        assert "antipasta: allow" not in text
        return
    (allowed,) = read(comment)
    assert ("every line:" in text) == (metric == CYCLOMATIC)
    assert f"    accept it:   {comment}  on line 3\n" in text
    assert (allowed.metric, allowed.ceiling) == (metric, math.ceil(value))


def test_names_from_a_repository_cannot_forge_lines_or_colours() -> None:
    evil = "a\n\x1b[31mfail\u202e\u2028\udce9.py"
    text = render(report(finding(path=evil, symbol="f\r\x9b2J")))
    assert "a\\n\\x1b[31mfail\\u202e\\u2028\\xe9.py:3 f\\r\\x9b2J\n" in text
    assert "explain --staged $'a\\n\\033[31mfail\\342\\200\\256\\342\\200\\250\\351.py::f\\r\\302\\2332J'\n" in text
    assert all(line.isprintable() for line in text.split("\n"))
