"""What a reader copies into a shell is what was meant, whatever the names."""

import shutil
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antipasta_hook.model import Scope, ScopeKind
from antipasta_hook.report.commands import explain, only_once, quoted
from antipasta_hook.report.screen import PLAIN, Shell

INDEX = Scope(ScopeKind.INDEX, None)
OID = "0123456789abcdef" * 2 + "01234567"
NAMES = [
    "a.py::f",
    "a file.py::A.m",
    "f.<locals>.g",
    'it\'s "a" $(touch x) `y` $z !! \\n & | ; * ? ~ # name',
    "~/x",
    "tab\there, line\nend, bell\x07, \\x",
    "caf\u00e9/\u65e5\u672c\u8a9e.py",
    "left\u202eright\u2028",
    "raw\udce9\udcff1byte",
    "$'a'",
    "'",
    "''",
    "%PATH% @x =y (z) {a,b} [c]",
]


def read_back(shell: str, arguments: list[str]) -> list[bytes]:
    """The arguments as a shell understands them, typed on one line."""
    typed = f"printf '%s\\0' {' '.join(arguments)}"
    done = subprocess.run([shell, "-c", typed], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
    return done.stdout.split(b"\0")[:-1]


@pytest.mark.parametrize("shell", ["bash", "zsh", "dash", "fish"])
def test_a_quoted_name_is_read_back_as_it_is(shell: str) -> None:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"needs {shell}")
    screen = PLAIN._replace(shell=Shell.FISH if shell == "fish" else Shell.POSIX)
    written = {name: quoted(name, screen) for name in NAMES}
    if shell == "dash":  # it has no $'...' yet
        written = {name: text for name, text in written.items() if text and not text.startswith("$")}
    said = {name: text for name, text in written.items() if text is not None}
    assert len(said) >= 8
    assert read_back(path, list(said.values())) == [name.encode("utf-8", "surrogateescape") for name in said]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1), min_size=1))
@example(["$", "-n", "\\", "'\\''"])
def test_any_name_is_one_argument_of_printable_ascii_or_what_is_shown(names: list[str]) -> None:
    written = [quoted(name, PLAIN) or "" for name in names]
    assert all(text.isprintable() for text in written)
    bash = shutil.which("bash")
    if bash:
        assert read_back(bash, written) == [name.encode("utf-8", "surrogateescape") for name in names]


@pytest.mark.parametrize(
    ("shell", "name", "text"),
    [
        (Shell.POSIX, "src/a.py::A.m", "src/a.py::A.m"),
        (Shell.POSIX, "it's", "'it'\"'\"'s'"),
        (Shell.FISH, "it's \\", "'it\\'s \\\\'"),
        (Shell.POWERSHELL, "it's a, @b", "'it''s a, @b'"),
        (Shell.CMD, "a b <c>", '"a b <c>"'),
        (Shell.CMD, "100%", None),
        (Shell.CMD, 'a"b', None),
        (Shell.POWERSHELL, "a\nb", None),
        (Shell.CMD, "a\nb", None),
        (Shell.FISH, "a\u202eb", None),
        (Shell.POSIX, "\ud800", None),
        (Shell.POSIX, "\u00e9\t\u00e9", "$'\\303\\251\\t\\303\\251'"),
    ],
)
def test_each_shell_has_its_quotes(shell: Shell, name: str, text: str | None) -> None:
    assert quoted(name, PLAIN._replace(shell=shell)) == text


def test_a_name_that_the_stream_cannot_write_is_spelled_out() -> None:
    assert quoted("\u00e9.py", PLAIN._replace(encoding="cp1252")) == "'\u00e9.py'"
    assert quoted("\u65e5.py", PLAIN._replace(encoding="cp1252")) == "$'\\346\\227\\245.py'"
    assert quoted("\u65e5.py", PLAIN._replace(encoding="cp1252", shell=Shell.CMD)) is None


@pytest.mark.parametrize(
    ("scope", "staged", "expected"),
    [
        (INDEX, True, "antipasta-hook explain --staged a.py::f"),
        (INDEX, False, "antipasta-hook explain a.py::f"),
        (Scope(ScopeKind.TREE, OID), True, "antipasta-hook explain --staged a.py::f"),
        (Scope(ScopeKind.TREE, OID, OID), True, "antipasta-hook explain --rev 0123456789ab a.py::f"),
        (Scope(ScopeKind.RANGE, OID, OID), True, "antipasta-hook explain --rev 0123456789ab a.py::f"),
        (Scope(ScopeKind.WORKTREE, OID), True, "antipasta-hook explain a.py::f"),
    ],
)
def test_explain_is_told_which_version_was_judged(scope: Scope, staged: bool, expected: str) -> None:  # noqa: FBT001 - a column of the table
    assert explain(scope, "a.py", "f", PLAIN._replace(staged=staged)) == expected


def test_a_path_is_never_taken_for_an_option() -> None:
    assert explain(INDEX, "-x.py", None, PLAIN) == "antipasta-hook explain --staged ./-x.py"


def test_the_switch_is_for_what_was_typed_and_not_for_what_nobody_stopped() -> None:
    push = Scope(ScopeKind.RANGE, None, OID)
    assert only_once(INDEX, PLAIN) == "ANTIPASTA=warn git commit"
    assert only_once(push, PLAIN._replace(push=True)) == "ANTIPASTA=warn git push"
    assert only_once(push, PLAIN) is None
    assert only_once(Scope(ScopeKind.WORKTREE, None), PLAIN) is None
    assert only_once(INDEX, PLAIN._replace(warn=True)) is None


@pytest.mark.parametrize(
    ("shell", "command"),
    [
        (Shell.POSIX, "ANTIPASTA=warn git commit ..."),
        (Shell.POWERSHELL, "$env:ANTIPASTA='warn'; git commit ...; $env:ANTIPASTA=$null"),
    ],
)
def test_what_was_not_staged_is_named_again(shell: Shell, command: str) -> None:
    assert only_once(INDEX, PLAIN._replace(staged=False, shell=shell)) == command


def test_the_program_is_called_by_what_it_is_called_here() -> None:
    screen = PLAIN._replace(program="~/bin/antipasta-hook")
    assert explain(INDEX, "a.py", "f", screen) == "~/bin/antipasta-hook explain --staged a.py::f"
