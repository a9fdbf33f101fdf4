"""YAML and TOML as bytes: encodings, lines, and what would take long or go deep."""

import tomllib
from typing import Any

import pytest
import yaml

from antipasta_hook.config import yaml_text
from antipasta_hook.config.document import LARGEST, MOST_VALUES, Document
from antipasta_hook.config.fault import Fault, Faulty
from antipasta_hook.config.toml_text import read_toml
from antipasta_hook.config.yaml_text import read_yaml, scalar

LOADERS = ["CSafeLoader", "SafeLoader"]


def faults(read: Any, source: bytes) -> tuple[Fault, ...]:
    with pytest.raises(Faulty) as wrong:
        read(source)
    return wrong.value.faults


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("gate: all".encode("utf-16"), 1, "not UTF-8: byte 0xff"),
        (b"gate: all\nx: \xe9\n", 2, "not UTF-8: byte 0xe9"),
        (b"\xef\xbb\xbfgate: all\nx: \xe9\n", 2, "not UTF-8: byte 0xe9"),
        (b"gate: all\nx: \0\n", 2, "control character, \\x00"),
        (b"gate: all\n\nx: \x1b[31m\n", 3, "control character, \\x1b"),
        ("gate: \N{BYTE ORDER MARK}all".encode(), 1, "control character"),
        (b"x" * (LARGEST + 1), 1, "larger than 256 KiB"),
        (b"gate: all\n" * 20_000, 2, "gate"),
        (b'a: "\\U00110000"', 1, "not valid YAML"),
        (b"%YAML 99999999999999999999.1\n---\na: 1", 1, "not valid YAML"),
        (b"a: 1\nb: [1, 2\nc: 3\n", 3, "not valid YAML"),
        (b"a: 1\nb: 'open\nc: 3\n", 4, "not valid YAML"),
        (b"a: 1\n b: 2\n", 2, "not valid YAML"),
        (b"a: @x\n", 1, "quote what begins with one of @ ` %"),
        (b"exclude: [*.py]\n", 1, "a pattern that begins with * needs quotes"),
        (b"exclude: [!*.py]\n", 1, "a pattern that begins with ! needs quotes"),
        (b"? {a: 1}\n: 2\n", 1, "a key must be a word"),
        (b"&k gate: all\n*k : all\n", 2, "a key must be a word"),
        (b"!!str gate: all\n", 1, "tags are not read"),
        (b"just words\n", 1, "must be a table"),
    ],
)
@pytest.mark.parametrize("loader", LOADERS)
def test_what_is_no_settings_file_is_refused_with_its_line(
    loader: str, source: bytes, line: int, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_text, "_LOADER", getattr(yaml, loader))
    (fault,) = faults(read_yaml, source)
    assert (fault.line, reason in f"{fault.key} {fault.reason}") == (line, True), fault


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    "source",
    [
        b"[" * 200_000,
        b"{a: " * 50_000,
        b"- " * 100_000,
        b"a: &a [x, x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (i, i) for i in range(MOST_VALUES)),
        b"x: [" + b"a," * 100_000 + b"]",
        b"".join(b"k%d: 1\n" % i for i in range(MOST_VALUES + 1)),
    ],
    ids=lambda source: source[:8].decode(),
)
def test_what_is_deep_or_much_is_refused_before_it_is_built(
    loader: str, source: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_text, "_LOADER", getattr(yaml, loader))
    (fault,) = faults(read_yaml, source)
    assert "too much" in fault.reason or "nesting" in fault.reason


def test_a_byte_order_mark_and_other_line_ends_are_nothing_special() -> None:
    document = read_yaml("\N{BYTE ORDER MARK}gate: all\r\n# ü\r\nlimits:\r\n  loc: 3\r\n".encode())
    assert document.data == {"gate": "all", "limits": {"loc": 3}}
    assert document.line(("limits", "loc")) == 4


def test_every_value_knows_its_line_and_its_keys_as_written() -> None:
    document = read_yaml(b"a-b:\n  - c: 1\n  -\n    d-e: [2,\n      3]\n")
    assert document.data == {"a_b": [{"c": 1}, {"d_e": [2, 3]}]}
    told = {path: (document.line(path), document.key(path)) for path in document.places}
    assert told == {
        ("a_b",): (1, "a-b"),
        ("a_b", 0): (2, "a-b"),
        ("a_b", 0, "c"): (2, "a-b.c"),
        ("a_b", 1): (4, "a-b"),
        ("a_b", 1, "d_e"): (4, "a-b.d-e"),
        ("a_b", 1, "d_e", 0): (4, "a-b.d-e"),
        ("a_b", 1, "d_e", 1): (5, "a-b.d-e"),
    }


def test_what_stands_nowhere_has_the_line_of_what_is_around_it() -> None:
    document = read_yaml(b"\nlimits:\n  loc: 3\n")
    assert (document.line(("limits", "loc", "limit")), document.key(("limits", "loc", "limit"))) == (3, "limits.loc")
    assert (document.line(("gone",)), document.key(("gone",))) == (1, "")
    assert Document({}, {}).line(("x",)) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("none", "none"), ("true", True), ("False", False), ("tRUE", "tRUE"),
        ("yes", "yes"), ("off", "off"), ("0", 0), ("-0", 0), ("+12", 12), ("012", "012"), ("0o14", "0o14"),
        ("0b1", "0b1"), ("1_0", "1_0"), ("1:30", "1:30"), ("190:20:30", "190:20:30"), ("1.5", 1.5), (".5", 0.5),
        ("5.", "5."), ("-1.5e-3", -0.0015), ("1e3", 1000.0), ("1E3", 1000.0), (".", "."), ("e3", "e3"), (".e3", ".e3"),
        ("-", "-"), (".inf", ".inf"), ("1e999", float("inf")), ("2001-01-01", "2001-01-01"), ("=", "="),
        ("9" * 18, int("9" * 18)), ("9" * 19, "9" * 19), ("\N{ARABIC-INDIC DIGIT ONE}", "\N{ARABIC-INDIC DIGIT ONE}"),
    ],
)  # fmt: skip
def test_an_unquoted_word_means_what_yaml_1_2_says(text: str, value: object) -> None:
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_a_quoted_word_is_text() -> None:
    assert read_yaml(b"a: ['1', \"off\", 'true', '']\nb: |\n  1\n").data == {"a": ["1", "off", "true", ""], "b": "1\n"}


@pytest.mark.parametrize(
    "table",
    [
        "[tool.antipasta-hook]",
        "[ tool . antipasta-hook ]",
        '[tool."antipasta-hook"]',
        "['tool'.'antipasta-hook'] # here",
        "\t[tool.antipasta-hook]",
    ],
)
def test_however_the_table_is_written_its_keys_have_their_lines(table: str) -> None:
    text = f"[project]\ngate = 'no'\n{table}\n\ngate = 'all'\n  'limits'.loc . limit = 3\n[other]\ngate = 'no'\n"
    document = read_toml(text.encode())
    assert document.data == {"gate": "all", "limits": {"loc": {"limit": 3}}}
    assert document.line(("gate",)) == 5
    assert document.line(("limits", "loc", "limit")) == 6
    assert document.line(("elsewhere",)) == 3
    (fault,) = faults(read_toml, f"[project]\n{table}\nx =\n".encode())
    assert fault.line == 3


@pytest.mark.parametrize(
    "text",
    [
        "tool.antipasta-hook.gate =",
        "[tool]\nantipasta-hook.gate =",
        "[tool]\n'antipasta-hook' = {",
        "tool = {antipasta-hook = {gate=",
        "[[tool.antipasta-hook.overrides]]\nx",
    ],
)
def test_a_broken_file_with_a_table_of_ours_is_an_error_however_it_is_written(text: str) -> None:
    (fault,) = faults(read_toml, text.encode())
    assert fault.reason.startswith("not valid TOML: ")


@pytest.mark.parametrize(
    "text",
    [
        "[project\n",
        "[project]\ndependencies = [\n'antipasta-hook',\n",
        "[[tool.mypy.overrides]]\nmodule = 'antipasta_hook.*'\nx",
        "# antipasta-hook\nx",
        "\xff antipasta-hook",
        "# antipasta-hook\n" + "x" * LARGEST,
    ],
)
def test_a_broken_file_without_a_table_of_ours_is_not_our_business(text: str) -> None:
    with pytest.raises((tomllib.TOMLDecodeError, UnicodeDecodeError)):
        tomllib.loads(text.encode("latin-1").decode())
    assert read_toml(text.encode("latin-1")) == Document({}, {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a." * 200 + "a = 1", "a key of more than 100 parts"),
        ("[" + "a." * 200 + "a]", "a key of more than 100 parts"),
        ("x = [{" + "a . " * 200 + "a = 1}]", "a key of more than 100 parts"),
        ("x = " + "[" * 100_000, "nested too deeply"),
        ("x = " + "1" * 5000, "not valid TOML"),
        ("x = 9999-99-99", "not valid TOML"),
        ("x = '\0'", "not valid TOML"),
        ("a" + ".a" * 50 + "=1", "more than 20 levels"),
        ("x = " + "[" * 450 + "]" * 450, ""),
        ("x = " + "[" * 30 + "]" * 30, "more than 20 levels"),
        ("x = 1\nx = 2", "not valid TOML"),
    ],
)
def test_what_would_take_tomllib_long_or_break_it_is_refused(text: str, reason: str) -> None:
    (fault,) = faults(read_toml, f"[tool.antipasta-hook]\n{text}\n".encode())
    assert reason in fault.reason


def test_the_words_of_a_long_text_are_no_key_of_many_parts() -> None:
    source = f"[tool.antipasta-hook]\ngate = 'all'\n[project]\ndescription = '''{'a.b, c ' * 300}'''\n"
    assert read_toml(source.encode()).data == {"gate": "all"}
