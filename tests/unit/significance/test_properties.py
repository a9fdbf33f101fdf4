"""What must hold for every change: between 0 and 1, the same twice, 0 only where proved, no branch for nothing."""

import ast
import random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from antipasta_hook.config.settings import DEFAULTS, Layer, Settings, Value
from antipasta_hook.metrics import measure
from antipasta_hook.model import Significance
from antipasta_hook.significance import PROVED, by_metrics, by_path, by_text, is_proved_equal, may_be_same_code
from tests.unit.metrics.sources import modules
from tests.unit.significance.changes import change

relaxed = settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
few = settings(relaxed, max_examples=30)

LINES = [
    b"\tif a:\r",
    b"\xff\x00",
    *rb"""def f(a, b):
class A:
    def g(self):
    if a and b:
    elif b:
    else:
        pass
    for x in a:
        return [x for x in a if b]
    return a

# a comment
    # noqa: C901
    '''A docstring, if any.'''
    '''
x = 1
    while a:
        if b: return 'if'
    try:
    except E:
    match a:
        case 1:
async def h():
    (
    )""".split(b"\n"),
]
sources = st.lists(st.sampled_from(LINES), max_size=20).map(b"\n".join)
bytes_of_any_kind = sources | st.binary(max_size=200)
CRITICAL = Settings([Layer("", {"critical.paths": Value(("a*",)), "critical.functions": Value(("f", "A.*"))})])
tuned = st.sampled_from((DEFAULTS, CRITICAL))


def tiers(before: bytes | None, after: bytes | None, chosen: Settings) -> list[Significance]:
    """What each tier says of one change."""
    edit = change(before, after)
    old, new = (None if side is None else measure(side) for side in (before, after))
    text = by_text(edit, chosen, before, after)
    sizes = [None if side is None else len(side) for side in (before, after)]
    return [by_path(edit, chosen, *sizes), text, by_metrics(edit, chosen, old, new, text)]


@relaxed
@given(bytes_of_any_kind, bytes_of_any_kind, tuned)
def test_a_score_is_between_0_and_1_and_has_at_most_four_reasons(before: bytes, after: bytes, chosen: Settings) -> None:
    for found in tiers(before, after, chosen):
        assert 0 <= found.score <= 1
        assert len(found.reasons) <= 4
        assert len(set(found.reasons)) == len(found.reasons)


@relaxed
@given(bytes_of_any_kind, bytes_of_any_kind, tuned)
def test_a_change_has_one_score(before: bytes, after: bytes, chosen: Settings) -> None:
    assert tiers(before, after, chosen) == tiers(before, after, chosen)


@relaxed
@given(bytes_of_any_kind, bytes_of_any_kind, tuned)
def test_0_is_a_proof(before: bytes, after: bytes, chosen: Settings) -> None:
    if any(found.score == 0 for found in tiers(before, after, chosen)):
        assert is_proved_equal(before, after)


@relaxed
@given(bytes_of_any_kind, tuned)
def test_new_files_and_deletions_never_score_0(source: bytes, chosen: Settings) -> None:
    assert all(found.score > 0 for found in [*tiers(None, source, chosen), *tiers(source, None, chosen)])


@relaxed
@given(
    sources,
    sources,
    st.integers(0, 20),
    st.sampled_from((b"if", b"elif", b"for x in", b"while", b"except", b"async for x in")),
    st.integers(0, 5),
)
@example(b"\tif a:\r\n\tif a:\r\n\tif a:\r", b"def f(a, b):\n    if a and b:\n    for x in a:", 0, b"if", 0)
def test_one_more_branch_never_lowers_the_score(
    before: bytes, after: bytes, place: int, keyword: bytes, depth: int
) -> None:
    """One that stands nowhere yet: to put back what the old side has makes a change smaller."""
    lines = after.split(b"\n")
    lines.insert(place, b"    " * depth + keyword + b" fresh_and_unlike_all:")
    longer = b"\n".join(lines)
    less = by_text(change(before, after), DEFAULTS, before, after)
    more = by_text(change(before, longer), DEFAULTS, before, longer)
    assert more.score >= less.score


def assert_a_proof_holds(before: bytes, after: bytes) -> bool:
    """Where two sources are proved equal every function measures the same; says whether they are."""
    if not is_proved_equal(before, after):
        return False
    old, new = measure(before), measure(after)
    assert [(f.symbol, f[3:7], f.suppressions) for f in old.functions] == [
        (f.symbol, f[3:7], f.suppressions) for f in new.functions
    ]
    assert (old.cyclomatic_total, old.cognitive_total) == (new.cyclomatic_total, new.cognitive_total)
    assert old.generated == new.generated
    return True


@relaxed
@given(sources, st.lists(st.tuples(st.integers(0, 20), st.sampled_from(LINES)), max_size=3))
def test_what_is_proved_equal_measures_the_same(before: bytes, edits: list[tuple[int, bytes]]) -> None:
    lines = before.split(b"\n")
    for place, line in edits:
        lines.insert(place, line)
    assert_a_proof_holds(before, b"\n".join(lines))


@few
@given(modules())
def test_what_is_written_anew_from_its_tree_is_proved_equal_or_measures_otherwise(text: str) -> None:
    try:
        again = ast.unparse(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError):
        return
    if ast.dump(ast.parse(text)) == ast.dump(ast.parse(again)) and "else:" not in text:
        assert may_be_same_code(text.encode(), again.encode()) == assert_a_proof_holds(text.encode(), again.encode())


@few
@given(sources, st.randoms(use_true_random=False))
def test_comments_and_blank_lines_are_proved_to_be_nothing(source: bytes, chance: random.Random) -> None:
    lines = source.replace(b"'''", b"pass").split(b"\n")
    for _ in range(5):
        lines.insert(chance.randrange(len(lines) + 1), chance.choice((b"", b"# said", b"    # if a and b: said")))
    decorated = b"\n".join(lines)
    plain = source.replace(b"'''", b"pass")
    readable = measure(plain).error is None and measure(decorated).error is None
    if readable:
        assert is_proved_equal(plain, decorated)
        text = PROVED if plain != decorated else by_text(change(plain, decorated), DEFAULTS, plain, decorated)
        assert by_metrics(change(plain, decorated), DEFAULTS, measure(plain), measure(decorated), text).score == 0
