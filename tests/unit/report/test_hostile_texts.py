"""Whatever a name, a line or a message is, each output is what it should be: nothing breaks out, nothing is lost."""

import contextlib
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from unicodedata import category
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antipasta_hook.cli.streams import say
from antipasta_hook.model import Contribution, FileStatus, Finding, Problem, Report, Severity
from antipasta_hook.model.backtest import Backtest, Question, Repeated
from antipasta_hook.report import FORMATS, renderer
from antipasta_hook.report.backtest import FORMATS as OF_BACKTESTS
from antipasta_hook.report.backtest import renderer as renderer_of_backtests
from antipasta_hook.report.layout import ENDLESS, columns
from antipasta_hook.report.listing import Column, Explained, listing, overview
from antipasta_hook.report.screen import PLAIN
from antipasta_hook.report.words import printable, with_bytes_escaped
from tests.hostile_texts import LARGE, LONG, SNIPPETS, UNSEEN
from tests.unit.report.hostile import NASTY, given_hostile
from tests.unit.report.readers import Command, commands, outside_code, page
from tests.unit.report.sample import file, finding, function, report
from tests.unit.test_backtest_report import FULL, MARKDOWN, stopped

SCHEMA: Final = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text("utf-8"))
)
FOR_PEOPLE: Final = ("text", "concise", "github", "markdown", "comment")
OURS: Final = "\u200b"
"""The one invisible character that we write: between a mark and a name that would be a mention."""
ENCODABLE: Final = st.characters(exclude_categories=["Cs"])


def _each_snippet(test: Callable[..., None]) -> Callable[..., None]:
    """A test of one text, with every snippet and whatever hypothesis makes of them."""
    for snippet in SNIPPETS:
        test = example(text=f"{snippet}x{snippet}")(example(text=snippet)(test))
    return settings(max_examples=60)(given(text=NASTY)(test))


def _is_seen(text: str) -> bool:
    """Whether all of it is drawn: by a rule that has nothing in common with that of ``printable``."""
    unseen = set("".join(UNSEEN.values()))
    kinds = {category(character) for character in text}
    return not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} and not set(text) & unseen


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for each in pair for text in _strings(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _strings(each))


# What everything rests on.


@_each_snippet
def test_what_is_shown_is_seen_and_shown_again_the_same(text: str) -> None:
    told = printable(text)
    assert _is_seen(told)
    assert printable(told) == told
    assert printable(f"({text})")[1:-1].isprintable()


@given(st.text(ENCODABLE))
def test_what_is_shown_can_be_read_back_but_for_what_looked_like_an_escape(text: str) -> None:
    if "\\" in text:
        return
    told = printable(text)
    assert told.encode("ascii", "backslashreplace").decode("unicode_escape") == text


@pytest.mark.parametrize("name", UNSEEN)
def test_what_cannot_be_seen_is_spelled_out(name: str) -> None:
    assert printable(f"a{UNSEEN[name]}b") == "a" + UNSEEN[name].encode("unicode_escape").decode() + "b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\u0301", "e\u0301"),
        ("\u05e9\u05bc\u05c1\u05b8", "\u05e9\u05bc\u05c1\u05b8"),  # three marks, as Hebrew is printed
        ("\u0301x", "\\u0301x"),
        ("\n\u0301", "\\n\\u0301"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + "\\u0301" * 2),
    ],
)
def test_marks_are_drawn_over_a_letter_and_not_over_what_we_write(text: str, expected: str) -> None:
    assert printable(text) == expected


# Reports, in each format.


@given_hostile
def test_json_says_each_text_as_it_is(report: Report) -> None:
    text = renderer("json")(report, full=True)
    assert text.isascii()
    document = json.loads(text)
    SCHEMA.validate(document)
    for each in _strings(document):
        each.encode("utf-8")
    verdict = report.verdict
    for name in ("path", "symbol", "why_not", "limit_origin"):
        assert [each[name] for each in document["findings"]] == [_text(getattr(f, name)) for f in verdict.findings]
    assert [(each["path"], each["reason"]) for each in document["files"]] == [
        (_text(each.path), _text(each.reason)) for each in verdict.files
    ]
    for name in ("path", "message", "recovery"):
        assert [each[name] for each in document["problems"]] == [_text(getattr(p, name)) for p in verdict.problems]


def _text(text: str | None) -> str | None:
    return text if text is None else with_bytes_escaped(text)


@pytest.mark.parametrize("form", FOR_PEOPLE)
@given_hostile
def test_people_see_all_that_is_written_line_by_line(form: str, report: Report) -> None:
    for full in (False, True):
        text = renderer(form)(report, full=full)
        assert all(_is_seen(line) for line in text.replace(OURS, "").split("\n"))
        assert "\udce9" not in text
        text.encode("utf-8")


@pytest.mark.parametrize("form", ["junit", "sarif", "gitlab"])
@given_hostile
def test_what_is_read_out_of_a_file_for_machines_can_be_written_anywhere(form: str, report: Report) -> None:
    text = renderer(form)(report)
    found = ET.fromstring(text).itertext() if form == "junit" else _strings(json.loads(text))
    for each in found:
        each.encode("utf-8")


@given_hostile
def test_concise_has_one_line_for_each_thing_and_begins_it_with_its_place(report: Report) -> None:
    lines = renderer("concise")(report, full=True).removesuffix("\n").split("\n")
    verdict = report.verdict
    unchecked = [f for f in verdict.files if f.status in {FileStatus.DEFERRED, FileStatus.UNREADABLE}]
    assert len(lines) - (lines == [""]) == len(verdict.findings) + len(unchecked) + len(verdict.problems)
    for line, each in zip(lines, verdict.findings, strict=False):
        assert line.startswith(f"{printable(each.path)}:{each.line}: ")
        assert each.symbol is None or printable(each.symbol) in line
        assert each.why_not is None or line.endswith(printable(each.why_not))


@given_hostile
def test_junit_shows_what_was_said(report: Report) -> None:
    root = ET.fromstring(renderer("junit")(report))
    cases = root.findall("testsuite/testcase")
    names = [case.attrib["name"] for case in cases]
    for each in report.verdict.findings:
        if each.symbol is not None:
            assert any(name.startswith(printable(each.symbol)) for name in names)
    told = "\n".join(text for case in cases for text in case.itertext())
    for each in report.verdict.findings:
        if each.blocking and each.symbol:
            assert printable(each.symbol) in told


# What other commands print.


@_each_snippet
def test_a_message_is_one_line_of_ours(text: str) -> None:
    """Whoever raises it has its names made printable; what was forgotten is still no command, no colour."""
    with contextlib.redirect_stderr(io.StringIO()) as err:
        say(f"cannot read {text}")
    lines = err.getvalue().removesuffix("\n").split("\n")
    assert len(lines) <= 1 + text.count("\n")
    assert all(line.startswith("antipasta-hook: ") and _is_seen(line) for line in lines)
    assert not any(isinstance(each, Command) for each in commands(err.getvalue()))


@_each_snippet
def test_an_explanation_has_a_line_for_each_line(text: str) -> None:
    made = function(text, 1)._replace(end_line=3)
    told = Explained(made, (Column("cognitive_complexity", 4, 2, text, {1: 2}),))
    shown = listing(text, [text, "    pass", text], told, PLAIN)
    assert len(shown.removesuffix("\n").split("\n")) == 8
    shown += overview(text, [told], PLAIN)
    assert all(_is_seen(line) for line in shown.split("\n"))
    assert not any(isinstance(each, Command) for each in commands(shown))


def _backtest(text: str) -> Backtest:
    found = finding(text, 3, text)
    return FULL._replace(
        question=Question(last=None, since=text),
        settings=text,
        left_out=((text, 1),),
        in_part=((text, 2),),
        functions=(Repeated(text, text, 1, (("cyclomatic_complexity", 11),)),),
        stopped=(stopped("4e956bd2", text, found),),
        problems=(text,),
        blobs=FULL.blobs._replace(lost=((text, 3),)),
    )


@_each_snippet
def test_a_backtest_in_json_says_each_text_as_it_is(text: str) -> None:
    document = json.loads(renderer_of_backtests("json")(_backtest(text)))
    for each in _strings(document):
        each.encode("utf-8")
    expected = with_bytes_escaped(text)
    assert document["settings"] == document["question"]["since"] == document["stopped"][0]["subject"] == expected
    assert document["functions"][0]["path"] == document["stopped"][0]["findings"][0]["symbol"] == expected


@_each_snippet
def test_a_backtest_for_people_is_no_markup_and_no_command(text: str) -> None:
    for width in (60, 80, 1_000):
        told = renderer_of_backtests("text")(_backtest(text), PLAIN._replace(width=width))
        assert all(_is_seen(line) for line in told.split("\n"))
        assert not any(isinstance(each, Command) for each in commands(told))
    told = renderer_of_backtests("markdown")(_backtest(text))
    assert all(_is_seen(line) for line in told.replace(OURS, "").split("\n"))
    read = page(told)
    assert read.kinds <= MARKDOWN
    assert not re.search(r"(?<!\\)://|[@#]\w|(?i:www\.)", outside_code(told))
    shown = printable(text).replace("|", "\\x7c")
    assert any(shown in each for each in read.code)


# Very long texts: bounded where a person reads, whole where a machine does.


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("form", FORMATS)
def test_a_text_of_any_length_is_no_harm(form: str, name: str) -> None:
    said = renderer(form)(_long(LONG[name]))
    if form == "text":
        assert max(map(columns, said.split("\n"))) <= 3 * ENDLESS
        assert len(said) < LARGE
    if form == "comment":
        assert len(said.encode()) <= 65_536
    if form in {"json", "sarif", "gitlab"}:
        json.loads(said)
    if form == "junit":
        ET.fromstring(said)


def _long(text: str) -> Report:
    lines = (Contribution(2, 1, text, own=True),)
    found: tuple[Finding, ...] = (
        finding(text)._replace(lines=lines),
        finding("b.py", 1, text)._replace(limit_origin=text),
    )
    return report(
        *found,
        files=(file(text, FileStatus.DEFERRED, reason=text),),
        problems=(Problem("settings", text, "d.py", Severity.WARNING),),
    )


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("form", OF_BACKTESTS)
def test_a_backtest_bears_them_too(form: str, name: str) -> None:
    said = renderer_of_backtests(form)(_backtest(LONG[name]))
    assert form != "text" or max(map(columns, said.split("\n"))) <= 120
    assert len(said) < 100 * LARGE
