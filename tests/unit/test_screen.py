"""What is seen of a stream, as a table; and that colours change nothing but colours."""

import io
import re
import sys
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.cli.screen import Sight, look, painted, program_of, show, sight_of
from antipasta_hook.model import Report
from antipasta_hook.report.layout import joined
from antipasta_hook.report.screen import PLAIN, Shell
from antipasta_hook.report.text import styled
from tests.unit.report.sample import FULL_REPORT, finding, report

UTF8 = {"LANG": "de_DE.UTF-8"}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def sight(
    environ: Mapping[str, str], size: tuple[int, int] = (120, 40), encoding: str = "utf-8", platform: str = "linux"
) -> Sight:
    return sight_of(size=size, encoding=encoding, environ=environ, platform=platform)


@pytest.mark.parametrize(
    ("size", "encoding", "environ", "width", "unicode", "colour"),
    [
        pytest.param((120, 40), "utf-8", UTF8, 120, True, True, id="a terminal"),
        pytest.param((200, 40), "utf-8", UTF8, 120, True, True, id="one too wide to read"),
        pytest.param((90, 40), "utf-8", UTF8, 90, True, True, id="a narrower one"),
        pytest.param((30, 9), "utf-8", UTF8, 60, True, True, id="one too narrow for code"),
        pytest.param((0, 0), "utf-8", UTF8, 80, False, False, id="no terminal, or a hook manager's of 0 x 0"),
        pytest.param((80, 0), "utf-8", UTF8, 80, False, False, id="a terminal without lines"),
        pytest.param((90, 40), "utf-8", {**UTF8, "NO_COLOR": "1"}, 90, False, False, id="NO_COLOR"),
        pytest.param((90, 40), "utf-8", {**UTF8, "NO_COLOR": ""}, 90, True, True, id="NO_COLOR, empty"),
        pytest.param((90, 40), "utf-8", {**UTF8, "TERM": "dumb"}, 90, False, False, id="a dumb terminal"),
        pytest.param((90, 40), "cp1252", UTF8, 90, False, True, id="an encoding without arrows"),
        pytest.param((90, 40), "nonsense", UTF8, 90, False, True, id="an encoding that does not exist"),
        pytest.param((90, 40), "utf-8", {"LANG": "C"}, 90, False, True, id="the locale C"),
        pytest.param(
            (90, 40), "utf-8", {"LANG": "C", "LC_CTYPE": "C.UTF-8"}, 90, False, True, id="C as Python mends it"
        ),
        pytest.param((90, 40), "utf-8", {"LANG": "C", "LC_ALL": "C.utf8"}, 90, True, True, id="LC_ALL counts first"),
        pytest.param((90, 40), "utf-8", {}, 90, False, True, id="no locale"),
        pytest.param((0, 0), "utf-8", {**UTF8, "FORCE_COLOR": "1"}, 80, False, True, id="FORCE_COLOR"),
        pytest.param((0, 0), "utf-8", {**UTF8, "FORCE_COLOR": "0"}, 80, False, False, id="FORCE_COLOR=0"),
        pytest.param((0, 0), "utf-8", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, 80, False, False, id="NO_COLOR wins"),
    ],
)
def test_what_a_stream_shows(
    *,
    size: tuple[int, int],
    encoding: str,
    environ: Mapping[str, str],
    width: int,
    unicode: bool,
    colour: bool,
) -> None:
    found = sight(environ, size, encoding)
    assert (found.screen.width, found.screen.unicode, found.colour) == (width, unicode, colour)


@pytest.mark.parametrize(
    ("platform", "environ", "shell"),
    [
        ("linux", {}, Shell.POSIX),
        ("linux", {"SHELL": "/bin/bash"}, Shell.POSIX),
        ("darwin", {"SHELL": "/bin/zsh"}, Shell.POSIX),
        ("linux", {"SHELL": "/usr/bin/fish"}, Shell.FISH),
        ("linux", {"SHELL": "/usr/bin/pwsh"}, Shell.POWERSHELL),
        ("win32", {}, Shell.POWERSHELL),
        ("win32", {"PROMPT": "$P$G"}, Shell.CMD),
        ("win32", {"SHELL": "C:\\Program Files\\Git\\usr\\bin\\bash.exe", "PROMPT": "$P$G"}, Shell.POSIX),
    ],
)
def test_which_shell_is_typed_into(platform: str, environ: Mapping[str, str], shell: Shell) -> None:
    assert sight(environ, platform=platform).screen.shell == shell


@pytest.mark.parametrize(
    ("environ", "colour"), [({}, False), ({"WT_SESSION": "1"}, True), ({"TERM": "xterm-256color"}, True)]
)
def test_on_windows_colours_go_only_to_a_terminal_known_to_have_them(
    environ: Mapping[str, str], *, colour: bool
) -> None:
    assert sight(environ, platform="win32").colour == colour


@pytest.mark.parametrize(
    ("index", "staged"),
    [
        (".git/index", True),
        ("/r/.git/worktrees/w/index", True),
        ("", True),
        ("/r/.git/index.lock", False),
        ("/r/.git/next-index-4711.lock", False),
    ],
)
def test_what_git_commits_from_an_index_of_its_own_is_not_staged_afterwards(index: str, *, staged: bool) -> None:
    assert sight({"GIT_INDEX_FILE": index}).screen.staged == staged


PRE_COMMIT = {"PRE_COMMIT": "1", "HOME": "/home/u", "PATH": "/cache/bin:/usr/bin:/bin"}
INSIDE = "/cache/bin/antipasta-hook"
BELOW_HOME = "/home/u/.cache/pre-commit/r/bin/antipasta-hook"


@pytest.mark.parametrize(
    ("argv0", "environ", "files", "program"),
    [
        pytest.param(INSIDE, PRE_COMMIT, [], INSIDE, id="only on the PATH of the hook"),
        pytest.param(INSIDE, {**PRE_COMMIT, "PATH": ""}, [], INSIDE, id="on no PATH"),
        pytest.param(INSIDE, {**PRE_COMMIT, "PATH": "/cache/./bin/:/bin"}, [], INSIDE, id="the same place"),
        pytest.param(BELOW_HOME, PRE_COMMIT, [], f"~{BELOW_HOME[7:]}", id="below the home directory"),
        pytest.param(
            "/home/u/a b/antipasta-hook", PRE_COMMIT, [], "~/'a b/antipasta-hook'", id="a blank below the home"
        ),
        pytest.param("/a b/antipasta-hook", PRE_COMMIT, [], "'/a b/antipasta-hook'", id="a blank"),
        pytest.param("/\u00e9/antipasta-hook", PRE_COMMIT, [], r"$'/\303\251/antipasta-hook'", id="no ASCII"),
        pytest.param(INSIDE, {**PRE_COMMIT, "HOME": "/"}, [], INSIDE, id="the home of nobody"),
        pytest.param(INSIDE, {**PRE_COMMIT, "HOME": ""}, [], INSIDE, id="no home"),
        pytest.param("/home/user/antipasta-hook", PRE_COMMIT, [], "/home/user/antipasta-hook", id="another's home"),
        pytest.param(INSIDE, PRE_COMMIT, ["/usr/bin/antipasta-hook"], "antipasta-hook", id="also on the user's PATH"),
        pytest.param(INSIDE, {"PATH": "/bin"}, [], "antipasta-hook", id="no hook manager"),
        pytest.param("/p/antipasta_hook/__main__.py", PRE_COMMIT, [], "antipasta-hook", id="python -m"),
        pytest.param("antipasta-hook", PRE_COMMIT, [], "antipasta-hook", id="a bare name"),
        pytest.param("", PRE_COMMIT, [], "antipasta-hook", id="no name"),
        pytest.param(
            "/\u00e9/antipasta-hook",
            {**PRE_COMMIT, "SHELL": "/bin/fish"},
            [],
            "antipasta-hook",
            id="fish has no octals",
        ),
        pytest.param(
            "/a b/antipasta-hook", {**PRE_COMMIT, "SHELL": "/bin/pwsh"}, [], "& '/a b/antipasta-hook'", id="PowerShell"
        ),
    ],
)
def test_the_program_is_its_name_where_that_starts_it_and_else_its_path(
    argv0: str, environ: Mapping[str, str], files: list[str], program: str
) -> None:
    assert program_of(argv0, environ, {argv0, *files}.__contains__, "linux") == program


def test_a_program_that_has_gone_is_called_by_its_name() -> None:
    assert program_of(INSIDE, PRE_COMMIT, lambda _: False) == "antipasta-hook"


@pytest.mark.skipif(sys.platform == "win32", reason="needs paths that begin with a slash")
@pytest.mark.parametrize(
    ("environ", "program"),
    [
        ({"PROMPT": "$P$G"}, '"/c\\p/antipasta-hook"'),
        ({}, "& '/c\\p/antipasta-hook'"),
        ({"SHELL": "/usr/bin/bash", "HOME": "/c\\p"}, "~/antipasta-hook"),
    ],
)
def test_windows_has_shells_of_its_own(environ: Mapping[str, str], program: str) -> None:
    there = "/c\\p/antipasta-hook"
    assert program_of(there, {"PRE_COMMIT": "1", **environ}, f"{there}.exe".__eq__, "win32") == program


def test_a_closed_stream_shows_nothing() -> None:
    closed = io.StringIO()
    closed.close()
    assert look(None, {}) == look(closed, {}) == Sight(PLAIN._replace(encoding="ascii"), colour=False)


def test_colours_change_nothing_but_colours() -> None:
    lines = styled(FULL_REPORT)
    assert "\x1b[" in painted(lines)
    assert COLOURS.sub("", painted(lines)) == joined(lines)


@given(st.text(), st.text())
def test_no_name_is_taken_for_markup_or_for_a_command_to_the_terminal(path: str, symbol: str) -> None:
    lines = styled(report(finding(f"[red]{path}:smile:", symbol=f"{symbol}[/]"), finding("https://x/\x1b]8;;")))
    assert COLOURS.sub("", painted(lines)) == joined(lines)


@pytest.mark.parametrize(("shown", "loads"), [(report(), False), (FULL_REPORT, True)])
def test_rich_is_loaded_only_for_what_blocks(
    *,
    shown: Report,
    loads: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delitem(sys.modules, "rich.console", raising=False)
    show(shown)
    assert ("rich.console" in sys.modules) == loads
    assert ("\x1b[" in capsys.readouterr().out) == loads


def test_who_pushes_and_who_wants_no_blocking_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    show(FULL_REPORT, warn=True)
    assert "not blocked, as asked" in capsys.readouterr().out
