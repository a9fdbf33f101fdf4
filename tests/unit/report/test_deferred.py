"""What a person reads of the files for which there was no time."""

import pytest

from antipasta_hook.model import FileOutcome, FileStatus, Outcome, Scope, ScopeKind, Significance
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.text import render
from tests.unit.report.sample import OID, file, finding, report

LATE = "no time left within 2 s"
BASE, TARGET = OID, OID[::-1]


def late(path: str, score: float | None = None, reason: str = LATE) -> FileOutcome:
    """A file that was left out."""
    significance = None if score is None else Significance(score)
    return file(path, FileStatus.DEFERRED, reason=reason)._replace(significance=significance)


INDEX = Scope(ScopeKind.INDEX, OID)


def text(*files: FileOutcome, scope: Scope = INDEX, screen: Screen = PLAIN, full: bool = False) -> str:
    made = report(files=files)
    verdict = made.verdict._replace(scope=scope, outcome=Outcome.INCOMPLETE)
    return render(made._replace(verdict=verdict), screen=screen, full=full)


def test_the_reason_is_said_once_and_the_files_by_name() -> None:
    assert text(late("b.py"), late("a.py")).splitlines()[:2] == [
        f"Not checked, {LATE}: 2 files: a.py, b.py",
        "  a push and CI judge them; now: antipasta-hook run --budget none",
    ]


def test_of_many_the_most_significant_ones_are_named_and_the_others_counted() -> None:
    files = [late(f"package/module_{n:02}.py", score=n / 100) for n in range(40)]
    title, *named, rest, advice = text(*files).splitlines()[:6]
    assert title == f"Not checked, {LATE}: 40 files:"
    assert named == ["  package/module_39.py", "  package/module_38.py", "  package/module_37.py"]
    assert rest.startswith("  ... and 37 more")
    assert advice == "  a push and CI judge them; now: antipasta-hook run --budget none"


def test_in_full_each_has_a_line_and_what_is_to_be_said_of_it() -> None:
    giant = late("giant.py", 0.9, f"{LATE}: it alone would take about 23.4 s")
    assert text(giant, late("a.py", 0.1), full=True).splitlines()[:4] == [
        f"Not checked, {LATE}: 2 files:",
        "  giant.py (it alone would take about 23.4 s)",
        "  a.py",
        "  a push and CI judge them; now: antipasta-hook run --budget none",
    ]


def test_what_could_not_be_read_is_another_matter() -> None:
    unread = file("c.py", FileStatus.UNREADABLE, reason="this version is not in this clone")
    assert text(late("a.py"), unread).splitlines()[:2] == [
        "Not checked: 1 file: c.py (this version is not in this clone)",
        f"Not checked, {LATE}: 1 file: a.py",
    ]


@pytest.mark.parametrize(
    ("scope", "screen", "advice"),
    [
        (Scope(ScopeKind.WORKTREE, BASE), PLAIN, "CI judges them; now: antipasta-hook check --budget none"),
        (Scope(ScopeKind.INDEX, BASE), PLAIN._replace(staged=False), "a push and CI judge them"),
        (
            Scope(ScopeKind.RANGE, BASE, TARGET),
            PLAIN,
            f"CI judges them; now:\n    antipasta-hook run --from-ref {BASE[:12]} --to-ref {TARGET[:12]} --budget none",
        ),
        (Scope(ScopeKind.RANGE, None, TARGET), PLAIN, "CI judges them"),
        (
            Scope(ScopeKind.INDEX, BASE),
            PLAIN._replace(committing=True, staged=False),
            "a push and CI judge them; now:\n    antipasta-hook run --from-ref HEAD~ --budget none",
        ),
        (Scope(ScopeKind.INDEX, None), PLAIN._replace(committing=True), "a push and CI judge them"),
    ],
)
def test_how_to_have_them_judged_depends_on_what_was_judged(scope: Scope, screen: Screen, advice: str) -> None:
    assert text(late("a.py"), scope=scope, screen=screen).partition("\n")[2].startswith(f"  {advice}\n")


def test_where_they_stop_it_that_is_said_with_the_way_on() -> None:
    screen = PLAIN._replace(committing=True, stops_late=".antipasta.yaml:4")
    assert text(late("a.py"), screen=screen).splitlines() == [
        f"Not checked, {LATE}: 1 file: a.py",
        "  they stop this commit: on_deferred is fail (.antipasta.yaml:4)",
        "  what is judged once is known the next time; judge them:",
        "    antipasta-hook run --budget none",
        "  this once: ANTIPASTA=warn git commit",
        "antipasta-hook 0.1.0: blocked - 0 files checked, 0.12 s",
    ]


def test_beside_what_blocks_the_commit_has_not_been_made() -> None:
    made = report(finding(), files=(file(), late("z.py")))
    made = made._replace(verdict=made.verdict._replace(scope=INDEX))
    assert "now: antipasta-hook run --budget none\n" in render(made, screen=PLAIN._replace(committing=True))


def test_a_name_cannot_forge_a_line() -> None:
    assert "\nforged" not in text(late("a.py\nforged"))
    assert "\nforged" not in text(late("a.py\nforged"), full=True)


def test_what_blocks_comes_first() -> None:
    made = report(finding(), files=(file(), late("z.py")))
    assert render(made).index("a.py:3") < render(made).index(f"Not checked, {LATE}: 1 file: z.py")
