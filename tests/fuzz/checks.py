"""What must hold for any bytes whatever: one function for each thing that reads what others wrote."""

import math

from antipasta_hook.cache.encoding import decode, encode
from antipasta_hook.cache.rollup import decode_layout, decode_row, encode_layout, encode_row
from antipasta_hook.cache.sealing import opened
from antipasta_hook.config import compiled
from antipasta_hook.config.settings import PROJECT_FILE, SETTINGS_FILE
from antipasta_hook.metrics import explodes, is_generated, measure
from antipasta_hook.metrics.headers import Headers
from antipasta_hook.metrics.lines import read_lines
from antipasta_hook.metrics.suppressions import read
from antipasta_hook.model import FUNCTION_METRICS, FileMetrics, Suppression
from tests.differential.compare import compare
from tests.fuzz.mutants import unusable
from tests.unit.cache.forging import forged, forged_seal
from tests.unit.cache.forging import sealed as framed
from tests.unit.config.usable import usable
from tests.unit.metrics.adding import unequal

KEY = "key"
RADON_SECONDS = 3.0


def lines(data: bytes) -> None:
    """The raw line scan: no character is lost or made up. The counts of what is no Python mean nothing."""
    text = data.decode("utf-8", "surrogateescape")
    physical, scanned, _ = read_lines(text)
    assert len(scanned.code) == len(physical)
    assert "".join(scanned.parts) == "\n".join(line.strip() for line in physical)
    headers = Headers(scanned.parts, scanned.code)
    assert all(comment.text.startswith("#") for comment in headers.comments)
    for start in range(min(len(physical), 20)):
        assert start < headers.end(start) <= len(physical)
        assert headers.span(start, len(physical)).start >= start
        list(headers.comments_of(start))


def suppressions(data: bytes) -> None:
    """The suppressions of a comment: known metrics, ceilings that are numbers, texts that stand there."""
    comment = "#" + data.decode("utf-8", "surrogateescape")
    for found in read(comment):
        assert found.metric is None or found.metric in FUNCTION_METRICS, found
        assert found.ceiling is None or 0 <= found.ceiling < math.inf, found
        assert found.text in comment


def yaml(data: bytes) -> None:
    """A settings file in YAML: a layer, or a message that says where it is wrong; what is kept is what was read."""
    usable(SETTINGS_FILE, data)


def toml(data: bytes) -> None:
    """A pyproject.toml, and the same as our table of one."""
    usable(PROJECT_FILE, data)
    usable(PROJECT_FILE, b"[tool.antipasta-hook]\n" + data)


def kept_settings(data: bytes) -> None:
    """Compiled settings as they are kept: with any bytes, and with a right checksum over any JSON."""
    for row in (data, compiled._sealed(data, KEY)):
        found = compiled.decode(row, KEY)
        if found is not None:
            assert compiled.decode(compiled.encode(found, KEY), KEY) == found
            found.layer("a/b.yaml")


def measurements(data: bytes) -> None:
    """A cached measurement: with any bytes, and with right checksums over any payload and any JSON."""
    text, _, tail = data.partition(b"\n")
    rows = (data, framed(data, key=KEY), framed(data, packing=1, key=KEY), forged(text, tail=tail, key=KEY))
    for found in filter(None, (decode(row, KEY) for row in rows)):
        _survives(found)


def _survives(found: FileMetrics) -> None:
    """What is believed has the types of a measurement, and can be kept again."""
    assert decode(encode(found, KEY), KEY) == found
    found.maintainability_index  # noqa: B018 - must not raise
    for function in found.functions:
        assert all(isinstance(each, Suppression) for each in function.suppressions)
        assert len(function.body) % 4 == 0


def seals(data: bytes) -> None:
    """Roll-ups and layouts: with any bytes, and with a right checksum over any JSON."""
    for row in (data, forged_seal(data, KEY)):
        opened(row, KEY)
        layout = decode_layout(row, KEY)
        if layout is not None:
            python, files = layout
            assert decode_layout(encode_layout(files, KEY, python=python), KEY) == layout
        rollup = decode_row(row, KEY)
        if rollup is not None:
            assert decode_row(encode_row(rollup, KEY), KEY) == rollup


def sealed_rows(data: bytes) -> None:
    """Both of what is kept besides measurements."""
    seals(data)
    kept_settings(data)


def either_settings(data: bytes) -> None:
    """Settings in YAML, and the same bytes as TOML."""
    yaml(data)
    toml(data)


def sources(data: bytes) -> None:
    """A source through every reader: a result or a named problem, which can be kept."""
    metrics = measure(data)
    fault = unusable(metrics)
    assert fault is None, fault
    assert decode(encode(metrics, KEY), KEY) == metrics
    assert metrics.raw is None or min(metrics.raw) >= 0, metrics.raw


def oracles(data: bytes, seconds: float | None = RADON_SECONDS) -> None:
    """Where radon and complexipy read it: their numbers. ``seconds``: for radon's line counts; None is no limit."""
    compared = compare("<fuzz>", data, measure(data), raw_limit=seconds)
    unexplained = [row for row in compared.differences if row.reason is None]
    assert not unexplained, unexplained


def unhurried_oracles(data: bytes) -> None:
    """The same without a limit, where somebody else has the alarm clock."""
    if len(data) <= 1000:
        oracles(data, None)


def noise(data: bytes) -> None:
    """A result or a named problem, and all else that is asked of bytes: what each line adds, who generated them."""
    metrics = measure(data)
    fault = unusable(metrics)
    assert fault is None, fault
    is_generated(data)
    explodes(data)
    assert list(unequal(data)) == []
