"""What must hold for every source: radon's and complexipy's numbers, no exception, the same answer twice."""

import ast
import warnings

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from antipasta_hook.metrics import explodes, is_generated, measure
from antipasta_hook.model import Reading
from tests.differential.compare import differences
from tests.differential.oracle import ask
from tests.unit.metrics.sources import modules

relaxed = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
few = settings(relaxed, max_examples=60)  # writing a module takes a tenth of a second


@few
@given(modules())
def test_every_number_of_a_generated_source_is_the_oracles(text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError:
        assume(False)  # noqa: FBT003 - an f-string that only a newer Python knows
    source = text.encode()
    unexplained = [row for row in differences(measure(source), ask(source, raw_limit=30)) if row[-1] is None]
    assert unexplained == []


@few
@given(modules())
def test_measuring_is_a_pure_function(text: str) -> None:
    assert measure(text.encode()) == measure(text.encode())


@relaxed
@given(st.binary(max_size=300))
def test_no_bytes_raise(source: bytes) -> None:
    assert measure(source).reading in Reading
    is_generated(source)
    explodes(source)


@relaxed
@given(st.text(alphabet="ab \n\r\t\x0c\x0b\x1c\x85\u2028'\"#\\:;(){}[]=f1é,@", max_size=60))
def test_no_text_raises_and_a_full_reading_is_what_ast_can_read(text: str) -> None:
    metrics = measure(text.encode())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError:
        assert metrics.reading is not Reading.FULL
    else:
        assert metrics.reading is Reading.FULL


@relaxed
@given(st.text(alphabet="ab \n\x0c\x0b\x1c\u2028'\"#\\:;=\x85", max_size=40))
@example("a\\\n#\x1c:")
@example("a = 1 \\\n# b\nb = 2\n")
def test_lines_equal_radons_wherever_radon_counts_them(text: str) -> None:
    source = text.encode()
    unexplained = [row for row in differences(measure(source), ask(source, raw_limit=30)) if row[-1] is None]
    assert unexplained == []
