from antipasta_hook.model import FileOutcome, FileStatus, Outcome, Scope, ScopeKind, Tally, Verdict
from antipasta_hook.report.census import census
from antipasta_hook.report.layout import joined

TALLY = Tally(1600, 41_203, 801_234, (38_000, 3_000, 200, 0, 0, 3), (40_000, 1_203, 0, 0, 0, 0))


def outcome(path: str, before: str | None, after: str | None, old_path: str | None = None) -> FileOutcome:
    status = FileStatus.DELETED if after is None else FileStatus.ANALYSED
    return FileOutcome(path, old_path, after, before, status, None, None, None)


def said(tally: Tally | None, *files: FileOutcome) -> str:
    scope = Scope(ScopeKind.TREE, None)
    return joined(list(census(Verdict(scope, Outcome.PASS, (), files, (), tally))))


def test_how_much_there_is_and_what_changed() -> None:
    files = (
        outcome("new.py", None, "1"),
        outcome("gone.py", "2", None),
        outcome("edited.py", "3", "4"),
        outcome("moved.py", "5", "5", "old.py"),
        outcome("same.py", "6", "6"),
    )
    assert said(TALLY, *files) == (
        "In all: 1,600 files, 41,203 functions, 801,234 lines\n"
        "  cyclomatic  1-5: 38,000  6-10: 3,000  11-20: 200  41+: 3\n"
        "  cognitive  0-5: 40,000  6-10: 1,203\n"
        "Changed: 4 files (1 added, 1 modified, 1 renamed, 1 deleted)\n"
    )


def test_an_empty_tree_in_which_nothing_changed() -> None:
    assert said(Tally()) == "In all: 0 files, 0 functions, 0 lines\nChanged: nothing\n"


def test_nothing_is_said_where_not_all_was_looked_at() -> None:
    assert said(None, outcome("new.py", None, "1")) == ""
