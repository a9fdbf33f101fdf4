"""A repository whose every name is hostile, through every command and every format, read back with real parsers."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from unicodedata import category
from xml.etree import ElementTree as ET

import pytest

from antipasta_hook.report import FORMATS
from antipasta_hook.report.words import printable
from tests.hostile_texts import LINES, MARKUP, SERVICES, TERMINAL, UNSEEN
from tests.integration.commands import AS_MODULE, READERS, Call, all_below, carried_out, installing, judging, others
from tests.integration.repositories import Repo
from tests.integration.test_run import branches
from tests.unit.report.readers import Command, commands, page

pytestmark = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the file system takes any bytes")

NOWHERE: Final = {"/", "\0"}
TEXTS: Final = [text for group in (TERMINAL, LINES, UNSEEN, SERVICES, MARKUP) for text in group.values()]
NAMES: Final = [text for text in TEXTS if not NOWHERE & {*text}] + ["\udce9\udcff", "=cmd()", "-rf", "--format=json:x"]
"""What can be the name of a file, and what a service or a shell would make of it."""
PRINTABLE: Final = [text for text in TEXTS if not {"\n", "\r", "\0", "\x0c", "'", "\\", "\x85"} & {*text}]
"""What can stand in a string of Python on one line, and in a comment."""
SYMBOL: Final = "f\u0301" + "\u0301" * 50 + "\u05d0\ufe0f\U000e0100"
"""An identifier, of which not all is to be seen."""


def _hostile(text: str) -> str:
    """The function ``f`` with a text in its lines and in what allows it."""
    lines = "".join(f"    if x == '{text}{n}':  # {text}\n        print('{text}')\n" for n in range(12))
    return f"def {SYMBOL}(x):  # antipasta: allow cyclomatic=3 {text}\n{lines}\n\n{branches(13, 'g')}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """Some commits and something staged, on a branch, by authors and with settings of such names."""
    repo = Repo.create(tmp_path_factory.mktemp("hostile") / "repo")
    for number, name in enumerate(NAMES[::4]):
        _write(repo, f"d{name}/{name}{number}.py", branches(3, "g"))
    _write(repo, "a.py", branches(2))
    _write(repo, ".antipasta.yaml", _settings())
    _commit(repo, "first")
    for number, name in enumerate(NAMES[::12]):
        _write(repo, f"d{NAMES[0]}/{NAMES[0]}0.py", _hostile(PRINTABLE[number]) + f"# {number}\n")
        _commit(repo, f"{name} {' '.join(TEXTS[number::8])}", name)
    for name, text in zip(NAMES, (PRINTABLE * 3)[: len(NAMES)], strict=True):
        _write(repo, f"staged {name}.py", _hostile(text))
    for text in PRINTABLE[::6]:
        _write(repo, f"broken {text.replace('/', '')}.py", f"def f(:  # {text}\n")
    repo.stage()
    repo.git("branch", "--", "a;touch${IFS}x&<b>@you|`id`\u202e")
    return repo


@pytest.fixture
def hostile(made: Repo, tmp_path: Path) -> Repo:
    """A copy of it, to do with what one likes."""
    shutil.copytree(made.path, tmp_path / "copy", symlinks=True)
    return Repo(tmp_path / "copy")


def _write(repo: Repo, path: str, text: str) -> None:
    place = os.path.join(os.fsencode(repo.path), path.encode("utf-8", "surrogateescape"))
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "wb") as file:
        file.write(text.encode("utf-8", "surrogateescape"))


def _commit(repo: Repo, subject: str, author: str = "somebody") -> None:
    repo.stage()
    person = author.replace("\n", "").replace("\0", "").replace("<", "").replace(">", "") or "x"
    environ = {f"GIT_{who}_NAME": f"{person}x" for who in ("AUTHOR", "COMMITTER")}
    message = subject.replace("\0", "").encode("utf-8", "surrogateescape")
    repo.git("commit", "--quiet", "--cleanup=verbatim", "--file=-", env=environ, given=message)


def _settings(**keys: str) -> str:
    """Patterns that want to be more, in JSON, which is YAML."""
    names = ("|", "<b>", "@you", "%0A", "::error::", "x#12", "`x`")
    overrides = [{"paths": [f"{text}/*"], "limits": {"cyclomatic": 11}} for text in names]
    known = {"budget": "none", "overrides": overrides, "exclude": ["::error::/*", "<b>/"]}
    return json.dumps({**keys, **known}, ensure_ascii=False)


def _people_see(text: str) -> None:
    """All of it, line by line, and no service takes any of it for a command."""
    unseen = set("".join(UNSEEN.values())) - {"\u200b"}
    for line in text.split("\n"):
        kinds = {category(character) for character in line.replace("\u200b", "")}
        assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}, ascii(line)
        assert not unseen & {*line}, ascii(line)


def _is_no_command(text: str) -> None:
    found = [each for each in commands(text) if isinstance(each, Command)]
    assert found == []


def _about(name: str) -> list[Call]:
    """What is said of a name that a person, a hook manager or a script gives."""
    staged = f"./staged {name}.py"
    return [
        Call(("explain", "--staged", f"{staged}::g")),
        Call(("explain", "--staged", staged)),
        Call(("explain", f"{staged}::no{name}")),
        Call(("explain", "--rev", f"x{name}", "a.py")),
        Call(("check", "--", staged)),
        Call(("run", "--from-ref", f"x{name}", "--to-ref", "HEAD")),
        Call(("run", f"--x{name}")),
        Call(("run", "--format", f"json:/nowhere{name}/x")),
        Call(("run", "--config", f"nowhere{name}")),
        Call(("ci", "--base", f"x{name}")),
        Call(("ci", "--base", f"origin/x{name}")),
        Call(("backtest", "--since", f"x{name}")),
        Call(("config", "show", "--", f"x{name}")),
        Call(("config", "check", "--", f"x{name}")),
        Call((f"no{name}",)),
        Call(("run", "-C", f"nowhere{name}")),
        Call(("run",), environ={"ANTIPASTA": f"x{name}"}),
        Call(("run", "--pre-push"), f"refs/heads/{name} x y z\n"),
    ]


def test_no_command_says_what_a_repository_wants_it_to_say(hostile: Repo) -> None:
    before, plain = all_below(hostile.path), [*judging(hostile, "a.py"), *others("a.py")]
    for call in (*plain, *(_about(name)[number % len(_about(name))] for number, name in enumerate(NAMES))):
        done = carried_out(call, hostile.path, os.environ)
        for said in (done.stdout, done.stderr):
            text = said.decode("utf-8")
            _people_see(text)
            _is_no_command(text)
        assert b"internal error" not in done.stderr, (call.name, done.stderr.decode())
        assert done.returncode in ({0, 1, 3} if call in plain else {0, 1, 2, 3}), (call.name, done.stderr.decode())
        for line in done.stderr.decode().splitlines():
            assert line.startswith(("antipasta-hook", "usage: antipasta-hook", " ")), (call.name, line)
    assert all_below(hostile.path) == before


def test_nor_what_is_installed_and_said_at_a_commit(hostile: Repo) -> None:
    for call in installing():
        done = carried_out(call, hostile.path, os.environ)
        _people_see((done.stdout + done.stderr).decode())
        assert done.returncode == 0
    assert carried_out(Call(("install",)), hostile.path, os.environ).returncode == 0
    for environ in ({"ANTIPASTA": "warn"}, {}):
        told = _git_commit(hostile, environ)
        _people_see(told)
        _is_no_command(told)
    told = carried_out(Call(("last",)), hostile.path, os.environ).stdout.decode()
    _people_see(told)
    assert "def f(:" in told


def _git_commit(repo: Repo, environ: Mapping[str, str]) -> str:
    command, surroundings = ("git", "commit", "-q", "-m", "x"), {**os.environ, **environ}
    done = subprocess.run(command, cwd=repo.path, env=surroundings, capture_output=True, encoding="utf-8", check=False)
    return done.stdout + done.stderr


def test_a_repository_in_a_place_of_such_a_name(tmp_path: Path) -> None:
    """Everything that names a directory names this one."""
    place = tmp_path / "x\n\x1b[31m\u202eantipasta-hook: passed;touch${IFS}y&`id`$(id)'\""
    repo = Repo.create(place)
    repo.commit_files({"a.py": branches(3)}, "first")
    repo.commit_files({"a.py": branches(4)}, "second")
    repo.write("a.py", branches(14))
    repo.stage()
    environ = {**os.environ, "ANTIPASTA_CACHE_DIR": str(tmp_path / "cache\n\x1b[31m")}
    (repo.path / ".git" / "hooks" / "pre-commit").mkdir()
    for call in (*judging(repo, "a.py"), *others("a.py"), *installing(), Call(("run", "--format", "json:a/b"))):
        done = carried_out(call, repo.path, environ)
        text = (done.stdout + done.stderr).decode()
        _people_see(text)
        for line in text.splitlines():
            assert not line.startswith("antipasta-hook: passed"), (call.name, line)
            assert "\u202e" not in line


@pytest.mark.parametrize("reader", READERS)
def test_each_format_is_what_it_should_be(hostile: Repo, tmp_path: Path, reader: str) -> None:
    wanted = [word for form in FORMATS for word in ("--format", f"{form}:{tmp_path / form}")]
    command = (*AS_MODULE, "run", "--reader", reader, "--budget", "none", "--detail", "full", *wanted)
    done = subprocess.run(command, cwd=hostile.path, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr.decode()
    for form in FORMATS:
        found = _READ[form]((tmp_path / form).read_text("utf-8"))
        assert not {printable(f"staged {name}.py") for name in NAMES} - found, form


def test_keys_and_values_of_settings(hostile: Repo) -> None:
    keys = {f"limits{text}": text for text in PRINTABLE if text.isprintable()}
    _write(hostile, ".antipasta.yaml", _settings(**keys))
    hostile.stage()
    for words in (
        ("run",),
        ("config", "check"),
        ("config", "show", "--origin"),
        ("check",),
        ("backtest", "--last", "2"),
    ):
        done = carried_out(Call(words), hostile.path, os.environ)
        text = (done.stdout + done.stderr).decode()
        _people_see(text)
        _is_no_command(text)
        assert words[:2] == ("config", "show") or "unknown key" in text, words


def _of_json(text: str) -> set[str]:
    assert text.isascii()
    return {printable(each["path"]) for each in json.loads(text)["findings"]}


def _of_sarif(text: str) -> set[str]:
    from urllib.parse import unquote_to_bytes

    results = json.loads(text)["runs"][0]["results"]
    uris = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results]
    return {printable(unquote_to_bytes(uri).decode("utf-8", "surrogateescape")) for uri in uris}


def _of_gitlab(text: str) -> set[str]:
    return {printable(each["location"]["path"]) for each in json.loads(text)}


def _of_junit(text: str) -> set[str]:
    return {case.attrib["file"] for case in ET.fromstring(text).iter("testcase")}


def _of_text(text: str) -> set[str]:
    _people_see(text)
    _is_no_command(text)
    return _all_that_are_in(text)


def _of_markdown(text: str) -> set[str]:
    _people_see(text)
    return _all_that_are_in("\n".join(page(text).code))


def _of_comment(text: str) -> set[str]:
    assert len(text.encode()) <= 65_536
    _of_markdown(text)
    return {printable(f"staged {name}.py") for name in NAMES}  # there may be no room for all


def _of_github(text: str) -> set[str]:
    _people_see(text)
    read = [each for each in commands(text) if each]
    assert all(isinstance(each, Command) for each in read)
    assert len(read) <= 30
    return {printable(f"staged {name}.py") for name in NAMES}  # GitHub shows ten of a kind


def _all_that_are_in(text: str) -> set[str]:
    return {path for path in (printable(f"staged {name}.py") for name in NAMES) if path in text}


_READ: Final = {
    "text": _of_text,
    "concise": _of_text,
    "json": _of_json,
    "sarif": _of_sarif,
    "gitlab": _of_gitlab,
    "junit": _of_junit,
    "markdown": _of_markdown,
    "comment": _of_comment,
    "github": _of_github,
}
