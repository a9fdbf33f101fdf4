"""The message on real terminals, byte by byte; and that what it tells a reader to do can be done as printed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from antipasta_hook import __version__
from antipasta_hook.report.layout import columns
from tests.e2e.conftest import Desk, function

pty = pytest.importorskip("pty")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

UTF8 = {"LANG": "en_US.UTF-8", "LC_ALL": "", "LC_CTYPE": "", "TERM": "xterm-256color", "SHELL": "/bin/bash"}
ESCAPE = re.compile(rb"\x1b\[[0-9;]*m")


def on_terminal(
    desk: Desk, *command: str, columns: int = 80, lines: int = 24, environ: Mapping[str, str] = {}
) -> bytes:
    """What a terminal of this size gets to see, with plain line ends."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (lines, columns))
    process = subprocess.Popen(
        command,
        cwd=desk.path,
        env={**os.environ, **UTF8, **environ},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    seen = b""
    try:
        while chunk := os.read(master, 65536):
            seen += chunk
    except OSError:  # how Linux says that nobody writes any more
        pass
    finally:
        os.close(master)
        process.wait(timeout=60)
    return seen.replace(b"\r\n", b"\n")


def judged(desk: Desk, environ: Mapping[str, str] = {}, columns: int = 80, lines: int = 24) -> bytes:
    """``antipasta-hook run`` on a terminal."""
    command = (sys.executable, "-P", "-m", "antipasta_hook", "run")
    return on_terminal(desk, *command, columns=columns, lines=lines, environ=environ)


@pytest.fixture
def grown(bare_desk: Desk) -> Desk:
    """Something that blocks is staged: a function that grew, in a file whose name is not ASCII."""
    bare_desk.add("café.py", function("grown", 9))
    bare_desk.commit("past")
    bare_desk.add("café.py", function("grown", 11) + "\n# " + "naïve → " * 30 + "\n")
    return bare_desk


def widest(seen: bytes) -> int:
    return max(columns(line) for line in ESCAPE.sub(b"", seen).decode().splitlines())


def test_a_terminal_gets_colours_and_arrows_within_its_columns(grown: Desk) -> None:
    seen = judged(grown)
    assert b"\x1b[31mcyclomatic 10 \xe2\x86\x92 12\x1b[0m (limit 10)" in seen
    assert b"\x1b[1mcaf\xc3\xa9.py:1\x1b[0m" in seen
    assert widest(seen) <= 80


def test_colours_are_all_that_a_terminal_gets_beyond_text(grown: Desk) -> None:
    text = ESCAPE.sub(b"", judged(grown)).decode().replace("\n", "")
    assert "harder to understand" in text
    assert text.isprintable()


@pytest.mark.parametrize(("size", "width"), [(90, 90), (200, 120)])
def test_a_wide_terminal_is_used_up_to_a_hundred_and_twenty_columns(grown: Desk, size: int, width: int) -> None:
    grown.add(
        "café.py", function("grown", 9).replace("    return None", f"    while {' and '.join(['value'] * 40)}: pass")
    )
    assert widest(judged(grown, columns=size)) == width


@pytest.mark.parametrize(
    ("size", "environ"),
    [
        pytest.param((0, 0), {}, id="a hook manager's terminal"),
        pytest.param((80, 24), {"NO_COLOR": "1"}, id="NO_COLOR"),
        pytest.param((80, 24), {"TERM": "dumb"}, id="a dumb terminal"),
    ],
)
def test_plain_text_is_plain(grown: Desk, size: tuple[int, int], environ: dict[str, str]) -> None:
    seen = judged(grown, environ, *size)
    assert b"\x1b" not in seen
    assert b"cyclomatic 10 -> 12 (limit 10)" in seen
    assert f"antipasta-hook {__version__}: blocked - ".encode() in seen


def test_the_locale_c_gets_colours_and_no_arrows(grown: Desk) -> None:
    seen = judged(grown, {"LANG": "C"})
    assert b"\x1b[31mcyclomatic 10 -> 12\x1b[0m" in seen


def test_an_encoding_gets_what_it_can_write(grown: Desk) -> None:
    seen = judged(grown, {"PYTHONIOENCODING": "cp1252"})
    assert b"caf\xe9.py:1" in seen
    assert b"cyclomatic 10 -> 12" in seen
    seen.decode("cp1252")


def test_a_pass_has_no_colours(bare_desk: Desk) -> None:
    bare_desk.add("a.py", function("a", 2))
    seen = judged(bare_desk)
    assert seen.startswith(f"antipasta-hook {__version__}: passed ".encode())
    assert seen.count(b"\n") == 1
    assert b"\x1b" not in seen


def test_at_a_commit_a_terminal_gets_colours_and_a_pass_is_silent(desk: Desk) -> None:
    commit = ("git", "commit", "--quiet", "-m", "work")
    desk.add("a.py", function("a", 12))
    assert b"\x1b[31mcyclomatic 13, new\x1b[0m" in on_terminal(desk, *commit)
    desk.add("a.py", function("a", 2))
    assert on_terminal(desk, *commit) == b""


def told(said: str, what: str) -> str:
    """What a message says behind one of its labels, on that line or on the next."""
    match = re.search(rf"^    {what}: *(.*)\n(?:      (\S.*)\n)?", said, re.MULTILINE)
    assert match, said
    return re.sub(r"  (on line \d+|\(.*\))$", "", match[2] or match[1])


def typed(desk: Desk, command: str, cwd: str = "") -> "subprocess.CompletedProcess[str]":
    """A command line typed into a shell, as it was printed."""
    place = os.path.dirname(sys.executable)
    return desk.run("bash", "-c", command, cwd=cwd, PATH=f"{place}{os.pathsep}{os.environ['PATH']}")


def test_a_program_that_a_hook_manager_hides_is_called_by_its_path(
    bare_desk: Desk, tmp_path: Path, only_git: str
) -> None:
    program = tmp_path / ".cache" / "it's here" / "antipasta-hook"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\nfrom antipasta_hook.__main__ import main\nraise SystemExit(main())\n")
    program.chmod(0o755)
    bare_desk.add("a.py", function("a", 12))
    home, path = str(tmp_path), os.pathsep.join([str(program.parent), only_git])
    done = bare_desk.run(str(program), "run", PRE_COMMIT="1", HOME=home, PATH=path, SHELL="/bin/bash")
    command = told(done.stdout, "every line")
    assert command.startswith("~/'.cache/")
    bash = shutil.which("bash")
    assert bash
    shown = bare_desk.run(bash, "-c", command, HOME=home, PATH=only_git)
    assert shown.returncode == 0, shown.stderr
    assert "over the limit: cyclomatic" in shown.stdout


ODD = 'it\'s a (dir)/$HOME "x"\t日本.py'
NESTED = "def outer(x):\n    def inner():\n        match x:\n" + "".join(
    f"            case {number}:\n                pass\n" for number in range(12)
)


@pytest.mark.parametrize("cwd", ["", "pkg"])
def test_the_explain_command_works_as_printed_from_wherever_one_commits(desk: Desk, cwd: str) -> None:
    desk.add("pkg/x.py", "x = 1\n")
    desk.add(ODD, NESTED)
    said = desk.try_commit(cwd=cwd).stderr
    done = typed(desk, told(said, "every line"), cwd)
    assert done.returncode == 0, done.stderr
    assert "outer.<locals>.inner" in done.stdout
    assert "  sum     -    13  over the limit: cyclomatic; cognitive: counted for the function" in done.stdout


def test_it_shows_what_was_judged_even_if_git_commits_from_an_index_of_its_own(desk: Desk) -> None:
    desk.write("small.py", function("small", 13))
    said = desk.try_commit("--all").stderr
    assert "14" in typed(desk, told(said, "every line")).stdout
    assert desk.oid(":small.py") == desk.oid("HEAD:small.py")


def test_of_what_git_commits_from_an_index_of_its_own_the_same_command_goes_on(desk: Desk) -> None:
    desk.write("small.py", function("small", 13))
    said = desk.try_commit("--all").stderr
    command = told(said, "this once")
    assert command.endswith("git commit ...")
    before = desk.head
    assert typed(desk, command.replace("...", "--quiet -a -m once")).returncode == 0
    assert desk.head != before


def test_the_comment_and_the_switch_do_what_the_message_says(desk: Desk) -> None:
    desk.add("a.py", function("a", 12))
    before = desk.head
    said = desk.try_commit().stderr
    assert typed(desk, f"{told(said, 'this once')} --quiet -m once").returncode == 0
    assert desk.head != before
    desk.add("b.py", function("b", 12))
    comment = told(desk.try_commit().stderr, "accept it")
    desk.add("b.py", function("b", 12).replace(":\n", f":  {comment}\n", 1))
    assert desk.try_commit().returncode == 0
