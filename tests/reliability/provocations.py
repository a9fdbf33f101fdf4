"""How each row of docs/reliability.md is made to happen, for real where that can be had."""

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

from tests.integration.repositories import Repo, function
from tests.reliability.ground import BAD, OURS, Ground

KILLING: Final = """
import os, signal, sys
sys.path += sys.argv[1:]
from antipasta_hook import metrics
measure = metrics.measure
def hostile(source):
    if source.startswith(b"def bad"):
        {deed}
    return measure(source)
metrics.measure = hostile
from antipasta_hook.analyse.worker import main
main()
"""
_MAIN: Final = "from antipasta_hook.__main__ import main_and_exit; main_and_exit()"


class Try(NamedTuple):
    """How the command is started: what is added to its environment and its arguments, and by what it is started."""

    env: dict[str, str] = {}  # noqa: RUF012 - nobody adds to it
    arguments: tuple[str, ...] = ()
    prelude: tuple[str, ...] = OURS
    out: int | IO[bytes] = subprocess.PIPE


Prepare = Callable[[Ground], Try]
PREPARED: Final[dict[str, Prepare]] = {}
"""By what happens, as the table says it."""


def row(happens: str) -> Callable[[Prepare], Prepare]:
    """Says which row a function makes happen."""

    def known(prepare: Prepare) -> Prepare:
        PREPARED[happens] = prepare
        return prepare

    return known


def _loose(ground: Ground, revision: str) -> Path:
    oid = ground.repo.oid(revision)
    return ground.repo.path / ".git/objects" / oid[:2] / oid[2:]


def _damage(file: Path) -> None:
    file.chmod(0o644)
    file.write_bytes(b"garbage here")


def _bad(content: str | bytes) -> Prepare:
    """The file that is to block, with other content."""

    def prepare(ground: Ground) -> Try:
        ground.repo.write("pkg/bad.py", content)
        ground.renew()
        return Try()

    return prepare


@row("a blob is not in this clone")
def missing_blob(ground: Ground) -> Try:
    """The new version of a file, as in a partial clone."""
    _loose(ground, ":pkg/bad.py").unlink()
    return Try()


@row("a blob is damaged")
def damaged_blob(ground: Ground) -> Try:
    """The new version of a file."""
    _damage(_loose(ground, ":pkg/bad.py"))
    return Try()


_CONTENTS: Final[dict[str, str | bytes]] = {
    "a file of more than 16 MB": f"#{'x' * (17 << 20)}\n{BAD}",
    "a source with too many nodes to parse": f"{BAD}x = [{'1,' * 500_000}]\n",
    "a source that is nested too deeply": f"{BAD}x = {'(' * 300}{')' * 300}\n",
    "a syntax error": "def bad(:\n",
    "bytes that are not of the encoding": b"name = '\xff'\n",
    "binary content": b"\x7fELF\0\0\0",
}
PREPARED.update((happens, _bad(content)) for happens, content in _CONTENTS.items())


@row("memory runs out in a parse")
def no_memory_to_parse(ground: Ground) -> Try:
    """The system gives no more address space than is held when the measuring begins, and a little."""
    ground.repo.write("pkg/bad.py", BAD + "".join(f"x_{n} = {n} + 1\n" for n in range(60_000)))
    ground.renew()
    return Try(arguments=("--executor", "in-process"), prelude=("-c", _SCARCE))


_SCARCE: Final = f"""
import ast, resource
from antipasta_hook.metrics import engine
real = ast.parse
def parse(text, name):
    if len(text) < 100_000:
        return real(text, name)
    usual = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        held = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + (8 << 20), usual[1]))
    try:
        return real(text, name)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, usual)
ast.parse = parse
{_MAIN}
"""


@row("a tree of HEAD is damaged")
def damaged_tree(ground: Ground) -> Try:
    """The root of what is compared."""
    for file in {_loose(ground, commit) for commit in ("HEAD^{tree}", "origin/main^{tree}")}:
        _damage(file)
    return Try()


@row("a tree in a tree of HEAD is damaged")
def damaged_subtree(ground: Ground) -> Try:
    """One that is entered, because something in it differs."""
    packs = ground.repo.path / ".git/objects/pack"
    for pack in [path.rename(ground.path / path.name) for path in packs.glob("*")]:
        if pack.suffix == ".pack":
            ground.repo.git("unpack-objects", "-q", given=pack.read_bytes())
    for file in {_loose(ground, f"{commit}:pkg") for commit in ("HEAD", "origin/main")}:
        _damage(file)
    return Try()


@row("an index of a pack points behind its pack")
def misleading_pack(ground: Ground) -> Try:
    """As where the pack was cut short."""
    ground.repo.git("repack", "-adq")
    for index in (ground.repo.path / ".git/objects/pack").glob("*.idx"):
        content = bytearray(index.read_bytes())
        entries = int.from_bytes(content[8 + 255 * 4 : 8 + 256 * 4])
        table = 8 + 256 * 4 + 24 * entries
        content[table : table + 4 * entries] = b"\x7f\xff\xff\xf0" * entries
        index.chmod(0o644)
        index.write_bytes(content)
    return Try()


@row("a part of `.git` is a named pipe")
def pipe(ground: Ground) -> Try:
    """As an unpacked directory may hold one."""
    os.mkfifo(ground.repo.path / ".git/info/grafts")
    return Try()


@row("the repository is another user's")
def wrong_owner(ground: Ground) -> Try:
    """Only root can give something away."""
    os.chown(ground.repo.path, 12345, 12345)
    for path in (".git", ".git/HEAD", ".git/config"):
        os.chown(ground.repo.path / path, 12345, 12345)
    return Try()


@row("the index is damaged")
def damaged_index(ground: Ground) -> Try:
    """Some bytes in the middle are others."""
    index = ground.repo.path / ".git/index"
    content = bytearray(index.read_bytes())
    content[60:90] = b"\xff" * 30
    index.write_bytes(content)
    return Try()


@row("the index states more entries than it has")
def boasting_index(ground: Ground) -> Try:
    """Four billion, for which nobody has the memory."""
    index = ground.repo.path / ".git/index"
    content = index.read_bytes()
    index.write_bytes(content[:8] + b"\xff" * 4 + content[12:])
    return Try()


@row("GIT_INDEX_FILE names no file")
def missing_index(ground: Ground) -> Try:
    """As where somebody's script has removed it."""
    return Try({"GIT_INDEX_FILE": str(ground.path / "no index")})


@row("the branch of HEAD is garbage")
def broken_head(ground: Ground) -> Try:
    """As after a power cut."""
    (ground.repo.path / ".git/refs/heads/topic").write_bytes(b"\0" * 41)
    return Try()


@row("MERGE_HEAD is garbage")
def broken_merge(ground: Ground) -> Try:
    """As after a power cut."""
    (ground.repo.path / ".git/MERGE_HEAD").write_bytes(b"\0" * 41)
    return Try()


@row("paths are unmerged")
def unmerged(ground: Ground) -> Try:
    """A path with three stages."""
    oid = ground.repo.oid(":pkg/m1.py")
    lines = "".join(f"100644 {oid} {stage}\tpkg/m0.py\n" for stage in (1, 2, 3))
    ground.repo.git("rm", "--cached", "--quiet", "pkg/m0.py")
    ground.repo.git("update-index", "--index-info", given=lines)
    return Try()


@row("there is no git on PATH")
def no_git(ground: Ground) -> Try:
    """Nothing is."""
    (ground.path / "bin").mkdir()
    return Try({"PATH": str(ground.path / "bin")}, _asking_git(ground))


@row("git cannot be started")
def unusable_git(ground: Ground) -> Try:
    """It is no program."""
    git = ground.path / "bin/git"
    git.parent.mkdir()
    git.write_bytes(b"\x7fELF is not what this is")
    git.chmod(0o755)
    return Try({"PATH": str(git.parent)}, _asking_git(ground))


def _asking_git(ground: Ground) -> tuple[str, ...]:
    return () if ground.is_committed else ("--reader", "git")


@row("the history is cut off")
def shallow(ground: Ground) -> Try:
    """A clone of the last commits of two branches that parted before."""
    ground.repo.git("checkout", "--quiet", "main")
    ground.repo.commit_files({"other.py": function("other")})
    ground.repo.git("checkout", "--quiet", "topic")
    source = ground.repo.path.rename(ground.path / "source")
    ground.repo.path.mkdir()
    ground.repo.git("clone", "-q", "--depth=1", "--no-single-branch", "--branch=topic", f"file://{source}", ".")
    return Try()


@row("trees are not in this clone")
def partial_clone(ground: Ground) -> Try:
    """A clone that fetches what it lacks when somebody asks git; nobody may."""
    source = ground.repo.path.rename(ground.path / "source")
    Repo(source).git("config", "uploadpack.allowFilter", "true")
    Repo(source).git("branch", "--force", "main", "origin/main")
    ground.repo.path.mkdir()
    ground.repo.git("clone", "-q", "--filter=tree:0", "--no-checkout", "--branch=topic", f"file://{source}", ".")
    return Try()


@row("the base is not in this clone")
def missing_base(_: Ground) -> Try:
    """A commit that nobody knows."""
    return Try(arguments=("--base", "1" * 40))


@row("the event file of a service is missing")
def no_event(_: Ground) -> Try:
    """GitHub's, with the variable gone."""
    prelude = f"import sys; sys.argv = [sys.argv[0], 'ci']; {_MAIN}"  # without --base, which would go before it
    return Try({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request"}, prelude=("-c", prelude))


def _in_a_child(deed: str, setting: str = "") -> Prepare:
    code = KILLING.format(deed=deed)
    prelude = f"import antipasta_hook.analyse.child as c; c._CODE = {code!r}\n{setting}\n{_MAIN}"
    return lambda _: Try(arguments=("--executor", "processes", "--jobs", "2"), prelude=("-c", prelude))


PREPARED["a child is killed at a source, twice"] = _in_a_child("os.kill(os.getpid(), signal.SIGKILL)")
PREPARED["a child crashes at a source, twice"] = _in_a_child("os.kill(os.getpid(), signal.SIGSEGV)")
PREPARED["a child takes too much processor time"] = _in_a_child("os.kill(os.getpid(), signal.SIGXCPU)")
PREPARED["a child hangs at a source"] = _in_a_child(
    "os.kill(os.getpid(), signal.SIGSTOP)", "import antipasta_hook.analyse.executor as e; e.HANGS_AFTER = 1.0"
)


@row("no child can be started")
def no_child(_: Ground) -> Try:
    """Its Python is not there."""
    prelude = f"import sys; sys.executable = '/nowhere/python'; {_MAIN}"
    return Try(arguments=("--executor", "processes", "--jobs", "2"), prelude=("-c", prelude))


def _sabotaged(deed: str) -> Prepare:
    """In the middle of a run."""
    code = f"import os, signal, time, antipasta_hook.optimizer as o\ndef deed(*a):\n    {deed}\n"
    return lambda _: Try(prelude=("-c", f"{code}o.read_difference = deed\n{_MAIN}"))


PREPARED["memory runs out elsewhere"] = _sabotaged("raise MemoryError")
PREPARED["the system refuses something unforeseen"] = _sabotaged("os.stat('/nowhere')")
PREPARED["a bug of ours"] = _sabotaged("{}['key']")
PREPARED["Ctrl-C"] = _sabotaged("os.kill(os.getpid(), signal.SIGINT); time.sleep(60)")
PREPARED["SIGTERM"] = _sabotaged("os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)")
PREPARED["the terminal is closed"] = _sabotaged("os.kill(os.getpid(), signal.SIGHUP); time.sleep(60)")


@row("the cache is garbage")
def garbage_in_cache(ground: Ground) -> Try:
    """The database is no database."""
    place = ground.cache / "v1"
    place.mkdir(parents=True, mode=0o700)
    ground.cache.chmod(0o700)
    (place / "cache.db").write_bytes(b"garbage " * 1000)
    return Try()


@row("the cache is kept busy by others")
def busy_cache(ground: Ground) -> Try:
    """The lock is had by the process that tries it."""
    place = ground.cache / "v1"
    place.mkdir(parents=True, mode=0o700)
    ground.cache.chmod(0o700)
    ground.held.append(open(place / "lock", "w"))  # noqa: SIM115 - held until the run is over
    fcntl.flock(ground.held[-1], fcntl.LOCK_EX)
    return Try()


@row("the disk of the cache is full")
def full_disk(_: Ground) -> Try:
    """No file may grow."""
    return Try(prelude=("-c", f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); {_MAIN}"))


@row("the home directory is read-only")
def read_only_home(_: Ground) -> Try:
    """Nobody may write there, not even root."""
    return Try({"HOME": "/proc", "ANTIPASTA_CACHE_DIR": "", "XDG_CACHE_HOME": ""})


@row("others may write to the cache")
def open_cache(ground: Ground) -> Try:
    """All of them."""
    ground.cache.mkdir()
    ground.cache.chmod(0o777)
    return Try()


@row("settings loosen a limit")
def looser(ground: Ground) -> Try:
    """Not by so much that nothing blocks."""
    ground.repo.write(".antipasta.yaml", "limits:\n  cyclomatic_complexity: 12\n")
    ground.renew()
    return Try()


@row("settings have an unknown key")
def unknown_key(ground: Ground) -> Try:
    """In a file that this change leaves alone."""
    ground.rebase({".antipasta.yaml": "limits:\n  cyclomatic_complexity: 10\nlimts: 3\n"})
    return Try()


@row("an attribute hides files")
def hiding(ground: Ground) -> Try:
    """Others than those that are bad."""
    ground.repo.write(".gitattributes", "elsewhere.py linguist-generated\n")
    ground.renew()
    return Try()


@row("an attribute file of more than 1 MB")
def large_attributes(ground: Ground) -> Try:
    """It would hide everything."""
    ground.repo.write(".gitattributes", "*.py linguist-generated\n" * 50_000)
    ground.renew()
    return Try()


@row("a file is taken out of sight")
def out_of_sight(ground: Ground) -> Try:
    """Another one than that which is bad."""
    ground.repo.write(".gitattributes", "pkg/m1.py linguist-generated\n")
    ground.renew()
    return Try()


@row("a file is named that is not there")
def misspelled_file(ground: Ground) -> Try:  # noqa: ARG001 - every row's
    """As one that was typed wrong."""
    return Try(arguments=("pkg/bad.py", "pkg/bda.py"))


@row("a comment silences a function")
def silenced(ground: Ground) -> Try:
    """Another one than that which is bad."""
    ground.repo.write("pkg/m1.py", "def f1(a, b):  # antipasta: allow cyclomatic=11 it is a table\n    return a or b\n")
    ground.renew()
    return Try()


@row("a hook manager's setting cannot reach us")
def unreached(ground: Ground) -> Try:
    """pre-commit's list of files."""
    hooks = "repos:\n- repo: local\n  hooks:\n  - id: antipasta\n    exclude: ^pkg/\n"
    ground.repo.write(".pre-commit-config.yaml", hooks)
    ground.renew()
    return Try({"PRE_COMMIT": "1"})


@row("standard output is full")
def full_output(_: Ground) -> Try:
    """A device that takes nothing."""
    return Try(out=os.open("/dev/full", os.O_WRONLY))


@row("the disk of a report's file is full")
def full_report(_: Ground) -> Try:
    """A device that takes nothing."""
    return Try(arguments=("--format", "text", "--format", "json:/dev/full"))


@row("nobody reads on")
def broken_pipe(_: Ground) -> Try:
    """The other end of a pipe is closed."""
    reading, writing = os.pipe()
    os.close(reading)
    return Try(out=writing)


@row("the directory of a report's file is missing")
def no_place(_: Ground) -> Try:
    """As where a CI step was to make it."""
    return Try(arguments=("--format", "json:nowhere/report.json"))


@row("there are no CA certificates")
def no_certificates(_: Ground) -> Try:
    """What would name them names nothing."""
    return Try({"SSL_CERT_FILE": "/nowhere/cert.pem", "SSL_CERT_DIR": "/nowhere"})


@row("the clock jumps backwards")
def backwards(_: Ground) -> Try:
    """The wall clock of Python, a day each time that somebody looks at it."""
    code = "import time, itertools; real, days = time.time, itertools.count()\n"
    return Try(prelude=("-c", f"{code}time.time = lambda: real() - 86_400 * next(days)\n{_MAIN}"))


@contextlib.contextmanager
def provoked(happens: str, ground: Ground) -> Iterator[Try]:
    """The ground made ready for a row; what is held is let go afterwards."""
    tried = PREPARED[happens](ground)
    try:
        yield tried
    finally:
        for file in ground.held:
            file.close()
        if isinstance(tried.out, int) and tried.out >= 0:
            os.close(tried.out)
