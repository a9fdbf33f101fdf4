"""A hypothesis strategy for all the file metrics that may exist."""

from hypothesis import strategies as st

from antipasta_hook.model import FileMetrics, FunctionMetrics, Halstead, Raw, Reading, SourceError, Suppression

_counts = st.integers(0, 2**40 - 1)
_maybe = st.none() | _counts
_text = st.text(st.characters(exclude_categories=()), max_size=20)
_halsteads = st.none() | st.builds(Halstead, _counts, _counts, _counts, _counts)
_ceilings = st.none() | st.floats(allow_nan=False, allow_infinity=False)
_functions = st.builds(
    FunctionMetrics,
    symbol=_text,
    line=_counts,
    end_line=_counts,
    cyclomatic=_maybe,
    assertions=_counts,
    cognitive=_maybe,
    halstead=_halsteads,
    code_hash=st.integers(0, 2**64 - 1),
    body=st.lists(st.binary(min_size=4, max_size=4), max_size=5).map(b"".join),
    suppressions=st.lists(st.builds(Suppression, st.none() | _text, _ceilings, _text), max_size=3).map(tuple),
)
file_metrics = st.builds(
    FileMetrics,
    reading=st.sampled_from(Reading),
    error=st.none() | st.builds(SourceError, _text, _maybe),
    generated=st.booleans(),
    cyclomatic_total=_maybe,
    cognitive_total=_maybe,
    halstead=_halsteads,
    raw=st.none() | st.builds(Raw, *[_counts] * 7),
    functions=st.lists(_functions, max_size=4).map(tuple),
    lines=_maybe,
).map(lambda found: found if found.raw is None else found._replace(lines=None))
