import pytest

from antipasta_hook.model import FileStatus, Problem, ScopeKind, Severity, Status
from antipasta_hook.report import Renderer, comment, markdown
from antipasta_hook.report.markdown import within
from tests.unit.report.readers import page
from tests.unit.report.sample import EVERYTHING, file, finding, report

MANY = report(
    *(finding(f"{'d/' * 40}\u00e9{n}.py", n, f"f{n}", value=20_000 - n) for n in range(1, 9_001)),
    *(finding("z.py", n, f"g{n}", status=Status.WORSENED, why_not="tolerated " * 30) for n in range(1, 9_001)),
    files=tuple(file(f"late{n}.py", FileStatus.DEFERRED, reason="no time left") for n in range(5_000)),
)


@pytest.mark.parametrize(
    ("render", "most"), [(markdown.render, 1_048_576), (comment.render, 65_536)], ids=["markdown", "comment"]
)
@pytest.mark.parametrize("full", [False, True])
def test_it_keeps_within_what_github_takes_and_cuts_no_entry(render: Renderer, most: int, full: bool) -> None:  # noqa: FBT001 - a column of the table
    text = render(MANY, full=full)
    assert most * 0.97 < len(text.encode("utf-8")) <= most
    entries = page(text.removeprefix(comment.MARK)).entries
    whole = [entry for entry in entries if entry.section == "Blocking"][:-1]
    assert [entry.code[1] for entry in whole] == [f"f{n}" for n in range(1, len(whole) + 1)]
    assert all(entry.text.endswith("(limit 10)") for entry in whole)
    assert text.endswith(" s\n")


def test_what_is_left_out_is_counted_for_each_section() -> None:
    entries = page(within(MANY, 10_000, full=False)).entries
    for section, total in (("Blocking", 9_000), ("Not blocking", 9_000), ("Not checked: 5,000 files", 5_000)):
        *kept, rest = [entry for entry in entries if entry.section == section]
        assert rest.text == f"... and {total - len(kept):,} more"


def test_an_entry_that_has_no_room_is_left_out_whole() -> None:
    text = comment.render(report(finding(symbol="f" * 70_000)))
    assert "- ... and 1 more\n" in text
    assert "ff" not in text


def test_of_a_whole_tree_the_worst_are_told_and_of_a_change_how_many() -> None:
    old = [
        finding(line=n, symbol=f"f{n}", value=10 + n, status=Status.EXISTING, why_not="as before") for n in range(1, 15)
    ]
    change = report(*old)
    tree = change._replace(verdict=change.verdict._replace(scope=change.verdict.scope._replace(kind=ScopeKind.TREE)))
    assert page(markdown.render(change)).entries == ()
    assert "over a limit before: 14 functions" in markdown.render(change)
    worst = page(markdown.render(tree)).entries
    assert [entry.code[1:] for entry in worst] == [(f"f{n}",) for n in range(14, 4, -1)] + [()]
    assert len(page(markdown.render(change, full=True)).entries) == 14


def test_a_blocking_function_shows_the_lines_that_add_most() -> None:
    first = next(entry for entry in page(markdown.render(EVERYTHING)).entries if entry.code[0] == "a.py:3")
    assert first.code == (
        "a.py:3",
        "f",
        "sub/.antipasta.yaml:4",
        "if a and b or c:",
        "while `x` < ']]>' | 2:  # @someone \\x3a:error::",
    )


@pytest.mark.parametrize("begins", ["1. ", "- ", "# ", "> ", "+ ", "    ", "---", "***", "|-|", "[x]: y", "```"])
@pytest.mark.parametrize("severity", Severity)
def test_a_message_begins_no_list_heading_or_block_of_its_own(begins: str, severity: Severity) -> None:
    told = Problem("settings", f"{begins}x", None, severity)
    read = page(markdown.render(report(problems=(told,))))
    assert len(read.entries) == 1
    assert read.kinds.isdisjoint({"ordered_list_open", "blockquote_open", "hr", "code_block", "fence", "table_open"})
    assert read.entries[0].text == f"{severity}: {begins}x"


def test_a_comment_begins_with_what_tells_it_from_others() -> None:
    assert comment.render(report()) == comment.MARK + markdown.render(report())
