"""Repositories to measure: sources of a real style and size, the same on every run, in a HEAD and an index."""

import ast
import os
import re
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

LINES: Final = 800
MODULES: Final = (
    "argparse", "ast", "calendar", "cgitb", "cmd", "configparser", "copy", "csv", "dataclasses", "difflib", "dis",
    "doctest", "enum", "fractions", "ftplib", "gettext", "heapq", "imaplib", "inspect", "ipaddress", "locale",
    "mailbox", "mimetypes", "netrc", "optparse", "pdb", "pickle", "pickletools", "platform", "plistlib", "poplib",
    "pprint", "profile", "pstats", "pyclbr", "queue", "random", "sched", "selectors", "shelve", "shlex", "shutil",
    "smtplib", "socket", "socketserver", "ssl", "statistics", "string", "subprocess", "tarfile", "tempfile",
    "textwrap", "threading", "timeit", "trace", "traceback", "types", "typing", "unittest/case", "unittest/mock",
    "urllib/parse", "urllib/request", "uuid", "warnings", "weakref", "webbrowser", "xmlrpc/client", "zipapp",
)  # fmt: skip

Tree = Mapping[str, str]
"""Sources by path."""


def blocks() -> Iterator[str]:
    """The running standard library's top-level functions and classes of at most 300 lines, with the comments above."""
    library = Path(sysconfig.get_path("stdlib"))
    for name in MODULES:
        path = library / f"{name}.py"
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        lines, end = text.split("\n"), 0
        for node in ast.parse(text).body:
            begin, end = end, node.end_lineno or end
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and 10 <= end - begin <= 300:
                yield "\n".join(lines[begin:end]) + "\n"


def files(count: int, size: int = LINES) -> list[str]:
    """Sources of about so many lines, each of other blocks."""
    found: list[str] = []
    current = ""
    for block in blocks():
        if current.count("\n") + block.count("\n") > size + 40:
            continue
        current += "\n\n" + block
        if current.count("\n") >= size - 40:
            ast.parse(current)
            found.append(current)
            current = ""
            if len(found) == count:
                return found
    raise RuntimeError(f"the standard library yields only {len(found)} of {count} sources")


def edited(source: str) -> str:
    """A commit's worth of changes: every fifth `return name` gets a variable, and there is one function more."""
    count = 0

    def edit(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        indent, name = match.groups()
        return f"{indent}outcome = {name}\n{indent}return outcome" if count % 5 == 0 else match.group()

    return re.sub(r"^( +)return (\w+)$", edit, source, flags=re.MULTILINE) + (
        "\n\ndef first_even(numbers):\n    for number in numbers:\n        if number % 2 == 0:\n"
        "            return number\n    return None\n"
    )


def literal(lines: int) -> str:
    """One dict literal of so many lines."""
    entries = (f'    "entry-{n:04}": ("name {n}", {n}, {n / 8}, None, [{n % 7}, -1]),\n' for n in range(lines - 2))
    return "TABLE = {\n" + "".join(entries) + "}\n"


def environment(home: Path) -> dict[str, str]:
    """What git gives a hook at a commit, and nothing of whoever runs this."""
    kept = {
        name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ
    }
    return kept | {
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_INDEX_FILE": ".git/index",
        "GIT_EDITOR": ":",
        "GIT_PREFIX": "",
    }


def repository(place: Path, environ: Mapping[str, str], base: Tree, staged: Tree) -> Path:
    """A repository whose HEAD has ``base`` and whose index has ``staged`` over it. Nothing is checked out."""
    place.mkdir()
    _git(place, environ, "init", "-q", "-b", "main")
    _git(place, environ, "fast-import", "--quiet", "--done", given=_stream("refs/heads/main", base, None))
    _git(place, environ, "read-tree", "HEAD")
    _git(place, environ, "fast-import", "--quiet", "--done", given=_stream("refs/heads/staged", staged, "main"))
    listed = _git(place, environ, "ls-tree", "-r", "-z", "staged", "--", *staged)
    _git(place, environ, "update-index", "-z", "--index-info", given=listed.encode())
    _git(place, environ, "update-ref", "-d", "refs/heads/staged")
    return place


def merge(place: Path, environ: Mapping[str, str], trees: tuple[Tree, Tree, Tree, Tree]) -> Path:
    """A merge that is about to be committed: the base, what HEAD and MERGE_HEAD have, and what is staged."""
    place.mkdir()
    _git(place, environ, "init", "-q", "-b", "ours")
    parents = ("", "base", "base", "ours")
    for ref, tree, parent in zip(("base", "ours", "theirs", "staged"), trees, parents, strict=True):
        stream = _stream(f"refs/heads/{ref}", tree, parent or None)
        _git(place, environ, "fast-import", "--quiet", "--done", given=stream)
    _git(place, environ, "read-tree", "staged")
    _git(place, environ, "update-ref", "-d", "refs/heads/staged")
    (place / ".git" / "MERGE_HEAD").write_text(_git(place, environ, "rev-parse", "theirs"))
    return place


def history(place: Path, environ: Mapping[str, str], commits: Sequence[tuple[str, Tree, str | None]]) -> Path:
    """A repository of branches, each one commit: its name, what it sets, and the branch it goes on from, if any."""
    place.mkdir()
    _git(place, environ, "init", "-q", "-b", "main")
    for name, tree, parent in commits:
        stream = _stream(f"refs/heads/{name}", tree, parent)
        _git(place, environ, "fast-import", "--quiet", "--done", given=stream)
    return place


def _stream(ref: str, tree: Tree, parent: str | None) -> bytes:
    """git fast-import's own format: the quickest way to 50,000 files."""
    parts = [f"commit {ref}\ncommitter A U Thor <author@example.com> 1700000000 +0000\ndata 6\ncommit\n".encode()]
    if parent:
        parts.append(f"from refs/heads/{parent}\n".encode())
    for path, source in tree.items():
        data = source.encode()
        parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    return b"".join([*parts, b"done\n"])


def _git(place: Path, environ: Mapping[str, str], *arguments: str, given: bytes = b"") -> str:
    return subprocess.run(
        ["git", *arguments], cwd=place, env=dict(environ), input=given, stdout=subprocess.PIPE, check=True
    ).stdout.decode()
