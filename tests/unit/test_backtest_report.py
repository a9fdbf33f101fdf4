"""What a backtest looks like in each format; ``fixtures/backtest/`` holds the screens."""

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from antipasta_hook import cli
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, SYNTAX, Outcome, Status
from antipasta_hook.model.backtest import (
    Backtest,
    Blobs,
    LimitTable,
    Question,
    Repeated,
    Replayed,
    Share,
    Stopping,
)
from antipasta_hook.report.backtest import FORMATS, renderer
from antipasta_hook.report.layout import columns
from antipasta_hook.report.screen import PLAIN
from tests.unit.report.readers import page
from tests.unit.report.sample import finding

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "backtest"
MAY_2024 = 1_715_000_000


def stopped(oid: str, subject: str, *stops: Any, time: int = MAY_2024, merge: bool = False) -> Replayed:
    return Replayed(oid * 5, subject, time, merge, is_first=False, outcome=Outcome.FAIL, stops=stops)


FULL = Backtest(
    question=Question(last=500),
    head="0123456789abcdef0123456789abcdef01234567",
    settings="today's settings",
    complete=True,
    commits=Share(500, 28, 3),
    merges=Share(1_027, 2, 0),
    firsts=Share(52, 1, 0),
    left_out=(),
    in_part=(("a file that cannot be parsed", 2), ("a function: its old version was not measured", 1)),
    stops=(
        Stopping(Status.INTRODUCED, CYCLOMATIC, 18),
        Stopping(Status.INTRODUCED, COGNITIVE, 13),
        Stopping(Status.WORSENED, COGNITIVE, 3),
        Stopping(Status.INTRODUCED, SYNTAX, 1),
    ),
    functions=(
        Repeated("shop/basket.py", "discount", 3, ((COGNITIVE, 16),)),
        Repeated("shop/a/very/long/way/down/to/the/module.py", "Outer.Inner.method_with_a_name", 2,
                 ((COGNITIVE, 27), (CYCLOMATIC, 12))),
    ),
    limits=LimitTable((8, 10, 12.5), (10, 15, 20, 25),
                      ((49, 36, 34, 29), (45, 28, 24, 21), (41, 19, 16, 10)), (10, 15)),
    stopped=(
        stopped("4e956bd2", "Give discounts", finding("shop/basket.py", 12, "discount", CYCLOMATIC, value=14, before=8),
                finding("shop/basket.py", 12, "discount", COGNITIVE, value=23, before=None, limit=15)),
        stopped("036f3e56", "Merge branch 'prices'", finding(), merge=True),
        stopped("c9446931", "A subject that goes on and on until nobody can see the end of it on any screen",
                finding("b.py", 7, None, SYNTAX, value=None, before=None, limit=None),
                finding("c.py", 7, "f"), finding("c.py", 9, "g"), finding("d.py", 9, "g")),
    ),
    problems=(),
    blobs=Blobs(3_675, 12, ()),
    seconds=12.84,
)  # fmt: skip
MARKDOWN = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "text_special",
    "code_inline", "strong_open", "strong_close",
    *(f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
}  # fmt: skip
"""What a backtest in Markdown is made of."""
EVIL = "\x1b[31mred\nantipasta-hook: \u202epassed \udcff`|*x*<b>@you"
SAMPLES = {
    "full": FULL,
    "interrupted": FULL._replace(
        question=Question(last=None, since="2 years ago", own=True),
        settings="the settings of each commit",
        complete=False,
        firsts=None,
        left_out=(("its parent is not in this clone", 1),),
        problems=(".antipasta.yaml:3: limits.cyclomatix: nobody reads this key; did you mean limits.cyclomatic?",),
        blobs=Blobs(1, 0, (("this version is not in this clone", 3),)),
        limits=FULL.limits._replace(in_force=(None, 15)),
    ),
    "nothing-stopped": FULL._replace(
        commits=Share(1, 0, 0), merges=Share(0, 0, 0), firsts=Share(0, 0, 0), stops=(), functions=(), stopped=(),
        limits=LimitTable((10,), (15,), ((0,),), (10, 15)),
    ),
    "other-settings-in-places": FULL._replace(
        question=Question(last=None, since="june", moment=MAY_2024), commits=Share(500, 30, 0), merges=Share(0, 0, 0),
        settings="today's settings, gate all", in_part=(),
        limits=LimitTable((8, 10, 12), (10, 15), ((30, 20), (30, 20), (30, 20)), (None, 15)),
    ),
    "odd-names": FULL._replace(
        settings=f"the settings in {EVIL}",
        functions=(Repeated(EVIL, "f", 1, ((CYCLOMATIC, 11),)),),
        stopped=(stopped("4e956bd2", EVIL, finding(EVIL), time=10**15),),
        left_out=((EVIL, 1),),
    ),
}  # fmt: skip
GOLDEN = [
    *((sample, "text", "txt") for sample in SAMPLES),
    ("full", "markdown", "md"),
    ("odd-names", "markdown", "md"),
    ("full", "json", "json"),
]


@pytest.mark.parametrize(("sample", "name", "suffix"), GOLDEN)
def test_a_backtest_looks_as_it_should(sample: str, name: str, suffix: str) -> None:
    expected = (FIXTURES / f"{sample}.{suffix}").read_text("utf-8")
    assert renderer(name)(SAMPLES[sample]).replace("antipasta-hook 0.1.0", "antipasta-hook VERSION") == expected


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_text_keeps_within_its_columns(sample: str, width: int) -> None:
    text = renderer("text")(SAMPLES[sample], PLAIN._replace(width=width))
    assert [line for line in text.splitlines() if columns(line) > width] == []


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_that_a_repository_names_forges_a_line_or_a_colour(name: str) -> None:
    text = renderer(name)(SAMPLES["odd-names"])
    assert not any(line.startswith("antipasta-hook: \u202e") for line in text.splitlines())
    assert not set(text) & {"\x1b", "\u202e", "\udcff"}


def test_in_markdown_no_name_is_markup_or_mentions_anybody() -> None:
    text = renderer("markdown")(SAMPLES["odd-names"])
    read = page(text)
    assert read.kinds <= MARKDOWN
    assert "you" in read.prose
    assert "@you" not in read.prose
    rows = [line for line in text.splitlines() if line.startswith("|")]
    heads = [row for row, rule in pairwise(rows) if rule.startswith("|---")]
    assert heads
    assert {_cells(row) for row in rows} == {_cells(row) for row in heads}


def _cells(row: str) -> int:
    return row.replace("\\|", "").count("|")


def test_a_terminal_for_unicode_gets_arrows() -> None:
    text = renderer("text")(FULL, PLAIN._replace(unicode=True))
    assert "cyclomatic 8 \u2192 14, cognitive 23, new" in text


def test_every_key_of_the_document_is_described() -> None:
    document = json.loads(renderer("json")(FULL))
    described = (ROOT / "docs" / "backtest.md").read_text("utf-8")
    assert [key for key in document if f"`{key}`" not in described] == []
    assert [key for key in document["stopped"][0] if f"`{key}`" not in described] == []


def test_the_readme_s_second_thing_to_try_is_a_backtest_of_the_reader_s_own_project() -> None:
    (block,) = re.findall(
        r"```console\n(\$ python3 dev.py demo.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )
    program, *arguments = shlex.split(block.splitlines()[1].removeprefix("$ "), comments=True)
    assert program == ".venv/bin/antipasta-hook"
    assert cli._parsed(arguments).command == "backtest"
