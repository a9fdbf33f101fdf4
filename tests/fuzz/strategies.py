"""Hypothesis strategies that give bytes: sources sound and damaged, settings, cache rows. Each is for one check."""

import json
import random
import zlib
from functools import cache
from typing import Any

from hypothesis import strategies as st

from antipasta_hook.cache.encoding import encode
from antipasta_hook.cache.rollup import encode_layout, encode_row
from antipasta_hook.config import compiled
from antipasta_hook.config.load import compile_source
from antipasta_hook.config.settings import SETTINGS_FILE
from antipasta_hook.model import Blob
from tests.differential.corpus import python_files
from tests.fuzz import mutation
from tests.fuzz.checks import KEY
from tests.fuzz.packages import STANDARD_LIBRARY, content
from tests.unit.cache.rolled import OID, ROW
from tests.unit.cache.strategies import file_metrics
from tests.unit.config.strategies import almost, settings_files, toml_of, yaml_of
from tests.unit.config.strategies import noise as settings_noise
from tests.unit.metrics.sources import modules

_LONGEST = 12_000
"""Bytes of a piece of a real file: whole ones are what ``mutants`` damages."""

_chances = st.integers(0, 2**32 - 1)
_written = modules().map(str.encode)


@cache
def _library() -> list[str]:
    return python_files(STANDARD_LIBRARY)


def _piece(chance: random.Random) -> bytes:
    """Some lines of a file of the standard library, mostly from a definition at its margin on."""
    source = content(chance.choice(_library()))
    start = source.find(b"\ndef " if chance.randrange(2) else b"\nclass ", chance.randint(0, len(source)))
    piece = source[start + 1 : start + 1 + chance.choice((400, 1500, _LONGEST))]
    return piece[: piece.rfind(b"\n") + 1]


def _damaged_piece(number: int) -> bytes:
    chance = random.Random(number)
    source = _piece(chance)
    for _ in range(chance.choice((0, 1, 1, 2))):
        source = mutation.damaged(chance, source, _piece(chance))
    return source


def _damaged(source: bytes, number: int) -> bytes:
    chance = random.Random(number)
    return mutation.damaged(chance, source, source)


_pieces = _chances.map(_damaged_piece)
_RARELY = 16
"""One input in so many is a written module: that takes a hundred times as long as a piece of a real one."""


_TOKENS = (
    "a", "b ", "1", "if a:", "; ", ";", ":", "\\\n", "\n", "\n", "# c", "#", "'s'", "(", ")", "[", "]", "'''", "{",
    "}", "@d\n", "\n ", "lambda:", "=", ",", " \\\n", "f'{a}'", "f'{a:>{b}}'", "\f", "\r\n", "def f():", "class A:",
    "...", '"""x\n\ny"""', "rb''", "x[1:]", "pass", "else:", "try:", "except:", "\t", 'f"{', '}"', "!r", ":=", "-",
    "\r", "\x1c", "\u2028", "async ", "yield ", "for a in b:", "while a:", "assert a", "global f\n",
)  # fmt: skip
_layouts = st.lists(st.sampled_from(_TOKENS), min_size=1, max_size=12).map(lambda tokens: "".join(tokens).encode())


def _source(number: int) -> st.SearchStrategy[bytes]:
    if number < 2:
        return (_written, st.builds(_damaged, _written, _chances))[number]
    return _layouts if number < _RARELY // 2 else _pieces


sources = st.integers(0, _RARELY).flatmap(_source)
"""Python: pieces of real files whole, damaged and spliced; tokens in a row; a written module, sound or damaged."""

_lines = st.text(alphabet="ab \n\r\t\x0c\x0b\x1c\x85\u2028'\"#\\:;(){}[]=f1é,@", max_size=60).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)
_cookies = st.builds(
    "# {}coding{} {}\n".format,
    st.sampled_from(["", "-*- ", "en", "\f"]),
    st.sampled_from([":", "="]),
    st.sampled_from(["utf-8", "latin-1", "utf-16", "utf-7", "idna", "punycode", "rot13", "unicode_escape", "cp437",
                     "shift_jis", "raw_unicode_escape", "hex", "undefined", "x" * 30, "\N{KELVIN SIGN}"]),
).map(str.encode)  # fmt: skip
noise = st.one_of(
    st.binary(max_size=300),
    _lines,
    st.lists(st.sampled_from(mutation.TELLING), max_size=60).map(b"".join),
    st.builds(bytes.__add__, _cookies, st.one_of(st.binary(max_size=60), _lines)),
    _pieces,
)
"""Bytes: any, telling ones, declared to be in some encoding, and damaged pieces of real files."""


def _either(data: dict[str, Any]) -> bytes:
    """The same settings in YAML or, as often, in TOML."""
    return toml_of(data) if len(repr(data)) % 2 else yaml_of(data)


settings = st.one_of(
    settings_files.map(_either),
    st.builds(_damaged, settings_files.map(_either), _chances),
    almost.map(yaml_of),
    settings_noise.map(lambda text: text.encode("utf-8", "surrogatepass")),
)
"""Settings files: valid, damaged, of known keys in wrong places, and noise."""

_json: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 2**41), st.floats(), st.text(max_size=5), st.just(OID)),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=20,
)
_rows = file_metrics.map(lambda metrics: encode(metrics, KEY))
measurements = st.one_of(
    _rows, st.builds(_damaged, _rows, _chances), _json.map(lambda value: json.dumps(value).encode()), st.binary()
)
"""Rows of measurements: sound, damaged, and any JSON, for which the check makes checksums."""


def _text(row: bytes) -> bytes:
    """What is in a row of data, without its head."""
    return zlib.decompress(row[14:])


_texts = st.sampled_from(
    [
        _text(encode_row(ROW, KEY)),
        _text(encode_layout((), KEY, python=True)),
        _text(encode_layout((("a/.gitattributes", Blob(OID, 0o100644)),), KEY, python=False)),
    ]
)


def _replanted(text: bytes, value: Any, number: int) -> bytes:
    """One value somewhere in the facts of a row gives way to another."""
    chance = random.Random(number)
    facts = json.loads(text)
    place: Any = facts
    while isinstance(place, list) and place and isinstance(place[index := chance.randrange(len(place))], list):
        if not place[index] or not chance.randrange(4):
            break
        place = place[index]
    if isinstance(place, list) and place:
        place[chance.randrange(len(place))] = value
    return json.dumps(facts).encode()


rollups = st.one_of(
    st.builds(_replanted, _texts, _json, _chances),
    st.builds(_damaged, _texts, _chances),
    st.builds(_damaged, st.just(encode_row(ROW, KEY)), _chances),
    _json.map(lambda value: json.dumps(value).encode()),
)
"""Roll-ups and layouts: with a value replaced, with bytes damaged, and any JSON."""


def _kept(data: dict[str, Any]) -> bytes:
    """The payload of compiled settings, without the checksum that the check makes."""
    return compiled.encode(compile_source(SETTINGS_FILE, yaml_of(data)), KEY).partition(b"\n")[2]


_payloads = settings_files.map(_kept)
kept_settings = st.one_of(
    _payloads,
    st.builds(_damaged, _payloads, _chances),
    st.builds(_replanted, _payloads, _json, _chances),
    _json.map(lambda value: json.dumps(value).encode()),
)
"""Compiled settings as they are kept, the same way."""
