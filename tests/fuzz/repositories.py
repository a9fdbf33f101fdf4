"""Real repositories whose index and objects are damaged: every run ends with an exit code that means it, and says why.

Each run is a fork of a process that has loaded everything, in a copy of a repository of its own.
"""

import importlib
import os
import pkgutil
import random
import shutil
import signal
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha1
from pathlib import Path
from typing import Final, NamedTuple

import antipasta_hook
from tests.fuzz.arcs import Arc, traced
from tests.fuzz.figures import LARGEST, SLOWEST
from tests.integration.repositories import Repo

ROOMS: Final = ("changes", "cli", "optimizer", "policy", "analyse", "config")
_HANGS: Final = 60.0  # seconds on the wall
_CODES: Final = (0, 1, 2, 3)
_NEVER: Final = ("Traceback", "internal error", "fault of antipasta-hook")
_LONG: Final = "def {}(a):\n" + "".join(f"    if a == {number}:\n        return {number}\n" for number in range(14))


class Damage(NamedTuple):
    """One run: which repository, what is damaged in it, and what is asked of it."""

    number: int
    repository: str
    where: str
    command: str


class Ending(NamedTuple):
    """How a run ended. ``code`` None: it never came back, or a signal ended it."""

    code: int | None
    said: str
    seconds: float
    memory: int
    arcs: frozenset[Arc]


REPOSITORIES: Final = ("loose", "packed", "several packs", "index 4", "git reads")
PLACES: Final = ("index", "index, sealed", "objects", "objects, packed anew")
COMMANDS: Final = ("commit", "ci")


def damage(number: int) -> Damage:
    """The same for the same number."""
    chance = random.Random(number)
    return Damage(number, chance.choice(REPOSITORIES), chance.choice(PLACES), chance.choice(COMMANDS))


def make(folder: Path) -> dict[str, Repo]:
    """The repositories: what HEAD brought and what is staged both have a function that blocks."""
    return {name: _made(folder / name.replace(" ", "-"), name) for name in REPOSITORIES}


def _made(path: Path, name: str) -> Repo:
    repo = Repo.create(path)
    files = {f"d{place % 3}/{place}.py": f"def f{place}(a):\n    return a + {place}\n" for place in range(12)}
    settings = {".antipasta.yaml": "reader: git\n"} if name == "git reads" else {}
    repo.commit_files({**files, **settings, "README": "x\n" * 50})
    if name == "several packs":
        repo.git("repack", "-adq")
    repo.commit_files({"d0/0.py": _LONG.format("f0"), "d1/new.py": _LONG.format("g")})
    if name == "index 4":
        repo.git("update-index", "--index-version", "4")
    repo.write("d2/2.py", _LONG.format("f2"))
    repo.write("d2/staged.py", _LONG.format("h"))
    repo.stage()
    repo.git("write-tree")
    if name == "packed":
        repo.git("repack", "-adq")
    if name == "several packs":
        repo.git("repack", "-dq")
        repo.git("multi-pack-index", "write")
    return repo


def wreck(repo: Repo, damaged: Damage) -> str:
    """Damage the repository; gives the name of the file."""
    chance = random.Random(f"{damaged.number} bytes")
    git = repo.path / ".git"
    if damaged.where.startswith("index"):
        return _rewrite(git / "index", _sealed if damaged.where.endswith("sealed") else bytes, chance)
    files = sorted(path for path in (git / "objects").rglob("*") if path.is_file())
    file = chance.choice(files)
    anew = damaged.where.endswith("anew") and len(file.parent.name) == 2
    return _repacked(file, chance) if anew else _rewrite(file, bytes, chance)


def _rewrite(file: Path, seal: Callable[[bytes], bytes], chance: random.Random) -> str:
    file.chmod(0o644)
    file.write_bytes(seal(_flipped(file.read_bytes(), chance)))
    return str(file)


def _repacked(file: Path, chance: random.Random) -> str:
    """A loose object whose content was changed, and which is a sound zlib stream all the same."""
    file.chmod(0o644)
    file.write_bytes(zlib.compress(_flipped(zlib.decompress(file.read_bytes()), chance)))
    return str(file)


def _sealed(index: bytes) -> bytes:
    """An index with the right checksum."""
    return index[:-20] + sha1(index[:-20]).digest()


def _flipped(content: bytes, chance: random.Random) -> bytes:
    how = chance.randrange(6)
    place = chance.randrange(len(content)) if content else 0
    if how == 0:
        return content[:place]
    if how == 1:
        return content[:place] + chance.randbytes(chance.choice((1, 4, 20))) + content[place:]
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8)) if content else 0):
        place = chance.randrange(len(changed))
        changed[place] = changed[place] ^ (1 << chance.randrange(8)) if how < 5 else chance.choice((0, 255, 127))
    return bytes(changed)


def wrong(damaged: Damage, ended: Ending) -> str | None:
    """What must not be; None where all is well."""
    if ended.code not in _CODES:
        return f"it ended with {ended.code}"
    if any(never in ended.said for never in _NEVER):
        return "a fault of ours"
    if ended.memory > LARGEST or ended.seconds > SLOWEST:
        return f"{ended.memory >> 20} MB, {ended.seconds:.1f} s"
    return _unsaid(ended, objects=damaged.where.startswith("objects"), ci=damaged.command == "ci")


def _unsaid(ended: Ending, *, objects: bool, ci: bool) -> str | None:
    """Whether a run kept to itself that there is something to block, or that it could not see whether there is."""
    if not ended.said.strip() and (ended.code or objects):
        return f"{ended.code}, and not a word"
    if objects and ci and ended.code == 0:
        return "a false pass: what blocks is there, or could not be read"
    return None


class Stand:
    """The repositories in a folder, and runs in copies of them."""

    def __init__(self, folder: Path) -> None:
        _load_everything()
        self._folder = folder
        self._repositories = make(folder)
        self.arcs: set[Arc] = set()
        self._bases = {name: repo.oid("HEAD~1") for name, repo in self._repositories.items()}

    def unfit(self) -> list[str]:
        """What is wrong with these repositories as they are: that no damage lets them pass must prove something."""
        found = []
        for name in REPOSITORIES:
            for command in COMMANDS:
                whole = Damage(0, name, "nothing", command)
                ended = self._ended(whole, self._copied(whole), watch=False)
                if ended.code != 1 or "cyclomatic 1 -> 15 (limit 10)" not in ended.said:
                    found.append(f"{name}, {command}: {ended.code}: {ended.said}")
        return found

    def run(self, damaged: Damage, *, watch: bool) -> tuple[str, Ending]:
        """What was damaged, and how the run ended; ``watch``: also which arcs it took."""
        copy = self._copied(damaged)
        file = wreck(Repo(copy), damaged)
        return file, self._ended(damaged, copy, watch=watch)

    def _copied(self, damaged: Damage) -> Path:
        copy = self._folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self._repositories[damaged.repository].path, copy)
        return copy

    def _ended(self, damaged: Damage, copy: Path, *, watch: bool) -> Ending:
        said, arcs = self._folder / "said", self._folder / "arcs"
        arcs.write_text("")
        child = os.fork()
        if not child:
            self._go(damaged, copy, said, arcs if watch else None)
        code, usage = _waited(child)
        new = frozenset(_arcs(arcs.read_text("utf-8")))
        self.arcs |= new
        text = said.read_text("utf-8", "replace")
        return Ending(code, text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, new)

    def _go(self, damaged: Damage, copy: Path, said: Path, arcs: Path | None) -> None:
        """The child: never comes back."""
        code = 99
        try:
            sys.stdout = sys.stderr = open(said, "w", encoding="utf-8")  # noqa: SIM115 - as long as the process lives
            os.dup2(sys.stdout.fileno(), 1)
            os.dup2(sys.stdout.fileno(), 2)
            os.chdir(copy)
            os.environ.update(_environ(damaged, copy))
            code = self._called(_arguments(damaged, self._bases[damaged.repository]), arcs)
            sys.stdout.flush()
        finally:
            os._exit(code)

    def _called(self, arguments: list[str], arcs: Path | None) -> int:
        from antipasta_hook.cli import main

        def command() -> int:
            return main(arguments, started=time.perf_counter())

        if arcs is None:
            return command()
        seen: set[Arc] = set()
        code = int(traced(command, ROOMS, seen))
        new = seen - self.arcs
        arcs.write_text("\n".join(f"{name}\t{before}\t{after}" for name, before, after in new), "utf-8")
        return code


def _load_everything() -> None:
    """Before the fork, once for all."""
    for module in pkgutil.walk_packages(antipasta_hook.__path__, "antipasta_hook."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in ("pygit2", "complexipy"):
        importlib.import_module(name)


def _environ(damaged: Damage, copy: Path) -> Mapping[str, str]:
    if damaged.command == "ci":
        return {"CI": "true"}
    return {"GIT_INDEX_FILE": str(copy / ".git" / "index")}


def _arguments(damaged: Damage, base: str) -> list[str]:
    cache = ["--no-cache", "--jobs", "1"]
    return ["ci", "--base", base, *cache] if damaged.command == "ci" else ["run", *cache]


def _arcs(text: str) -> Iterator[Arc]:
    for line in text.splitlines():
        name, before, after = line.split("\t")
        yield name, int(before), int(after)


def _waited(child: int) -> tuple[int | None, "os.resource.struct_rusage"]:  # type: ignore[name-defined] # a type of the module resource
    """Its exit code and what it used; one that does not come back is ended."""
    until = time.monotonic() + _HANGS
    while True:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            return (os.waitstatus_to_exitcode(status), usage)
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            _, _, usage = os.wait4(child, 0)
            return None, usage
        time.sleep(0.002)
