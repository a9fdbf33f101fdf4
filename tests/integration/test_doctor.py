"""`antipasta-hook doctor`: what it finds of real repositories in good order and in bad."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import jsonschema
import pytest

from antipasta_hook.cli import doctor
from antipasta_hook.install.script import configured_command, interpreter_of
from antipasta_hook.model.checkup import Checkup, Row, State, shared
from tests.e2e.managers import PRE_COMMIT, PREK, Manager
from tests.integration.commands import AS_MODULE, all_below
from tests.integration.installation import executable
from tests.integration.repositories import Repo

SCHEMA: Final = json.loads((Path(__file__).parents[2] / "docs" / "doctor.schema.json").read_text("utf-8"))
INSTALL: Final = "antipasta-hook install --hook"
CONFIG: Final = "repos: [{repo: local, hooks: [{id: antipasta}]}]\n"


@pytest.fixture
def here(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository with one commit, around the current directory; how long a start takes is not measured."""
    repo.commit_files({"a.py": "x = 1\n"})
    monkeypatch.chdir(repo.path)
    monkeypatch.delitem(doctor.SECTIONS, "startup")
    return repo


def look() -> Checkup:
    """Look at what is around the current directory."""
    return doctor.examined(".")


def row(found: Checkup, section: str, key: str) -> Row:
    """The only row of that key."""
    (only,) = (row for each in found.sections if each.name.startswith(section) for row in each.rows if row.key == key)
    return only


def called(cwd: Path, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as people do."""
    return subprocess.run(
        (*AS_MODULE, "doctor", *arguments),
        cwd=cwd,
        env=os.environ | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def installed(*arguments: str) -> None:
    """Install our hooks here."""
    subprocess.run((*AS_MODULE, "install", *arguments), check=True, capture_output=True)


def test_where_all_is_well_nothing_is_broken_and_every_section_has_its_rows(repo: Repo) -> None:
    repo.commit_files({"a.py": "x = 1\n"})
    subprocess.run((*AS_MODULE, "install"), cwd=repo.path, check=True, capture_output=True)
    done = called(repo.path, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    advised = {row["key"] for part in document["sections"] for row in part["rows"] if row["next"]}
    assert advised <= {"all of it"}, "a busy machine may be slow to start, and no more"
    assert document["state"] == ("warning" if advised else "well")
    assert [part["name"] for part in document["sections"]] == [*doctor.SECTIONS.values()]
    rows = {row["key"]: row["value"] for part in document["sections"] for row in part["rows"]}
    assert rows["read by"].startswith("libgit2 (the quick one")
    assert (rows["pre-push"], rows["reader"]) == ("ours", "auto  (default)")
    assert rows["Python itself"].endswith(" ms")
    assert rows["all of it"].endswith(" ms")


class Case(NamedTuple):
    """Something that is not as it should be: how it comes about, and what is said of it."""

    arrange: Callable[[Repo, pytest.MonkeyPatch], object]
    section: str
    key: str
    state: State
    said: str
    hint: str


def _hook(name: str, script: str, mode: int = 0o755) -> Callable[[Repo, pytest.MonkeyPatch], object]:
    return lambda repo, _: executable(repo.path / ".git" / "hooks" / name, script, mode)


def _husky(repo: Repo, _: pytest.MonkeyPatch) -> None:
    """As husky 9 leaves it, with a file of its own for each hook."""
    repo.git("config", "core.hooksPath", ".husky/_")
    for name in ("pre-commit", "pre-push"):
        executable(repo.path / ".husky" / "_" / name, "")
        (repo.path / ".husky" / "_" / name).write_text('#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n')
    repo.write(".husky/pre-commit", "antipasta-hook run\n")


def _ours(change: Callable[[Path], object]) -> Callable[[Repo, pytest.MonkeyPatch], object]:
    def arrange(repo: Repo, patch: pytest.MonkeyPatch) -> None:
        installed()
        patch.setenv("PATH", os.path.dirname(shutil.which("git") or ""))
        change(repo.path / ".git" / "hooks" / "pre-commit")

    return arrange


def _with_another_python(hook: Path) -> None:
    hook.write_text(hook.read_text().replace(sys.executable, "/gone/python"))


def _only_commits(_: Repo, __: pytest.MonkeyPatch) -> None:
    installed("--hook", "pre-commit")


def _shared_hooks(repo: Repo, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("GIT_CONFIG_COUNT", "1")
    patch.setenv("GIT_CONFIG_KEY_0", "core.hooksPath")
    patch.setenv("GIT_CONFIG_VALUE_0", str(repo.path / "shared"))


def _switched_off(repo: Repo, _: pytest.MonkeyPatch) -> None:
    repo.git("config", "core.hooksPath", os.devnull)


def _configured(repo: Repo, _: pytest.MonkeyPatch) -> None:
    repo.git("config", "hook.antipasta-pre-commit.command", "x")


def _newer_git(*, enabled: str) -> Callable[[Repo, pytest.MonkeyPatch], object]:
    """Our hook in the configuration, and a git that says that it runs those."""

    def arrange(repo: Repo, patch: pytest.MonkeyPatch) -> None:
        script = 'for last; do :; done\n[ "$last" = version ] && exec echo "git version 2.54.0"\n'
        executable(repo.path.parent / "bin" / "git", f'{script}exec {shutil.which("git")} "$@"\n')
        patch.setenv("PATH", f"{repo.path.parent / 'bin'}{os.pathsep}{os.environ['PATH']}")
        command = os.fsdecode(configured_command("pre-commit", sys.executable))
        repo.git("config", "hook.antipasta-pre-commit.command", command)
        repo.git("config", "hook.antipasta-pre-commit.event", "pre-commit")
        repo.git("config", "hook.antipasta-pre-commit.enabled", enabled)

    return arrange


def _replaced(hook: Path) -> None:
    _with_another_python(hook)
    place = executable(hook.parents[2] / "bin" / "antipasta-hook", "exit 0\n").parent
    os.environ["PATH"] += f"{os.pathsep}{place}"  # as it is set for this test alone


W, B = State.WARNING, State.BROKEN
HOOKS: Final = {
    "no hook": Case(lambda *_: None, "hooks", "pre-commit", W, "missing: no commit is judged", f"{INSTALL} pre-commit"),
    "no hook for pushes": Case(
        _only_commits, "hooks", "pre-push", W, "missing: no push is judged", f"{INSTALL} pre-push"
    ),
    "another's": Case(
        _hook("pre-commit", "exec make lint\n"), "hooks", "pre-commit", W, "does not call us", "runs it first"
    ),
    "another's that calls us": Case(
        _hook("pre-commit", "antipasta-hook run\n"), "hooks", "pre-commit", State.WELL, "which calls us", ""
    ),
    "lefthook's": Case(
        _hook("pre-push", "call_lefthook run\n"), "hooks", "pre-push", W, "does not name us", "add to lefthook.yml:\n"
    ),
    "husky's": Case(_husky, "hooks", "pre-commit", State.WELL, "husky's, whose configuration names us", ""),
    "half of husky's": Case(_husky, "hooks", "pre-push", W, "no push is judged", "add to its files:\n"),
    "ours without its Python": Case(
        _ours(_with_another_python), "hooks", "pre-commit", B, "edited or newer, but its Python is gone", INSTALL
    ),
    "ours without its Python, and another": Case(
        _ours(_replaced), "hooks", "pre-commit", W, "what is on PATH judges", INSTALL
    ),
    "ours in the configuration": Case(
        _newer_git(enabled="true"), "hooks", "pre-commit", State.WELL, "ours, in git's configuration", ""
    ),
    "ours in the configuration, switched off": Case(
        _newer_git(enabled="false"), "hooks", "pre-commit", B, "switched off by hook.anti", "git config --unset hook.a"
    ),
    "ours not executable": Case(
        _ours(lambda hook: hook.chmod(0o644)), "hooks", "pre-commit", B, "git does not run it", "chmod +x "
    ),
    "hooks for everybody": Case(
        _shared_hooks, "hooks", "core.hooksPath", State.WELL, "shared (command)", ""
    ),
    "hooks switched off": Case(
        _switched_off, "hooks", "directory", B, "hooks are switched off", "git config --local --unset core.hooksPath"
    ),
    "a git too old for hooks in the configuration": Case(
        _configured, "hooks", "pre-commit", B, "which git runs from 2.54 on", INSTALL
    ),
}  # fmt: skip


def _index(content: bytes) -> Callable[[Repo, pytest.MonkeyPatch], object]:
    return lambda repo, _: (repo.path / ".git" / "index").write_bytes(content)


def _staged(text: str, path: str = ".antipasta.yaml") -> Callable[[Repo, pytest.MonkeyPatch], object]:
    def arrange(repo: Repo, _: pytest.MonkeyPatch) -> None:
        repo.write(path, text)
        repo.stage()

    return arrange


def _not_staged(repo: Repo, _: pytest.MonkeyPatch) -> None:
    repo.write(".antipasta.yaml", "gate: al\n")


def _environ(**variables: str) -> Callable[[Repo, pytest.MonkeyPatch], object]:
    def arrange(_: Repo, patch: pytest.MonkeyPatch) -> None:
        for name, value in variables.items():
            patch.setenv(name, value)

    return arrange


def _split(repo: Repo, _: pytest.MonkeyPatch) -> None:
    repo.git("update-index", "--split-index")
    repo.commit_files({"b.py": "x = 1\n"})
    repo.write("b.py", "x = 2\n")
    repo.stage()


def _linked(repo: Repo, patch: pytest.MonkeyPatch) -> None:
    repo.git("worktree", "add", "--quiet", "../linked")
    patch.chdir(repo.path.parent / "linked")


def _sparse(repo: Repo, _: pytest.MonkeyPatch) -> None:
    repo.commit_files({"d/b.py": "x = 1\n", "e/c.py": "x = 1\n"})
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "d")


def _clone(*options: str) -> Callable[[Repo, pytest.MonkeyPatch], object]:
    def arrange(repo: Repo, patch: pytest.MonkeyPatch) -> None:
        repo.commit_files({"b.py": "x = 1\n"})
        repo.git("config", "uploadpack.allowFilter", "true")
        repo.git("clone", "--quiet", *options, f"file://{repo.path}", "../clone")
        patch.chdir(repo.path.parent / "clone")

    return arrange


def _in_a_file(_: Repo, patch: pytest.MonkeyPatch) -> None:
    place = Path(os.environ["ANTIPASTA_CACHE_DIR"]).parent / "file"
    place.write_text("")
    patch.setenv("ANTIPASTA_CACHE_DIR", str(place / "store"))


def _damaged(_: Repo, __: pytest.MonkeyPatch) -> None:
    store = Path(os.environ["ANTIPASTA_CACHE_DIR"]) / "v1"
    store.mkdir(mode=0o700, parents=True)
    store.parent.chmod(0o700)
    (store / "cache.db").write_text("garbage" * 1000)


def _full(_: Repo, patch: pytest.MonkeyPatch) -> None:
    used = shutil.disk_usage(os.sep)
    patch.setattr(shutil, "disk_usage", lambda _: used._replace(free=0))


def _limited(_: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPASTA_CACHE_SIZE", "50MB")


def _read_only(_: Repo, patch: pytest.MonkeyPatch) -> None:
    """What the system says of a directory on a disk that is mounted read-only; the superuser may write all else."""
    access = os.access
    patch.setattr(os, "access", lambda path, mode: not mode & os.W_OK and access(path, mode))


def _of_another(repo: Repo, _: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only the superuser can give files away")
    for path in [repo.path, *repo.path.rglob("*")]:
        os.chown(path, 4242, 4242, follow_symlinks=False)


THE_REST: Final = {
    "a damaged index": Case(_index(b"DIRC garbage"), "repository", "problem", B, "the index", "then git reset"),
    "an index of another user": Case(_of_another, "repository", "problem", B, "ownership", "--add safe.directory"),
    "no git": Case(_environ(PATH="/nowhere"), "versions", "git", W, "not on PATH", "install git"),
    "no git for hooks": Case(_environ(PATH="/nowhere"), "hooks", "hooks", W, "not on PATH", "install git"),
    "a reader that cannot": Case(_staged("reader: pygit2\n"), "settings", "reader", State.WELL, "pygit2  (.anti", ""),
    "a split index": Case(_split, "repository", "read by", State.WELL, "git itself (libgit2 cannot read this", ""),
    "the form of a split index": Case(_split, "repository", "split index", State.WELL, "in use; read by git", ""),
    "the form of a sparse index": Case(_sparse, "repository", "sparse index", State.WELL, "in use; read by git", ""),
    "the form of a sparse checkout": Case(_sparse, "repository", "sparse checkout", State.WELL, "in use; read", ""),
    "a linked work tree": Case(_linked, "repository", "linked work tree", State.WELL, "in use; read by libgit2", ""),
    "a shallow clone": Case(_clone("--depth=1"), "repository", "shallow clone", State.WELL, "in use", ""),
    "a partial clone": Case(_clone("--filter=blob:none"), "repository", "partial clone", State.WELL, "in use", ""),
    "broken settings": Case(
        _staged("gate: al\n"), "settings", "error", B, ".antipasta.yaml:1: gate: must be one of", "config check"
    ),
    "broken settings further down": Case(
        _staged("gate: al\n", "pkg/.antipasta.yaml"), "settings", "error", B, "pkg/.antipasta.yaml:1", "config check"
    ),
    "broken settings that do not count": Case(_not_staged, "settings", "error", W, "gate: must be", "config check"),
    "a value that is set": Case(
        _staged("budget: 1500ms\n"), "settings", "budget", State.WELL, "1500ms  (.antipasta.yaml:1)", ""
    ),
    "switched off": Case(_environ(ANTIPASTA="off"), "surroundings", "ANTIPASTA", W, "nothing is judged", "unset ANT"),
    "no such switch": Case(_environ(ANTIPASTA="of"), "surroundings", "problem", B, "none of: off", "unset ANT"),
    "a cache that is no directory": Case(_in_a_file, "cache", "store", W, "not used", "set ANTIPASTA_CACHE_DIR"),
    "a cache at a relative path": Case(
        _environ(ANTIPASTA_CACHE_DIR="x"), "cache", "store", W, "relative path", "to an absolute path"
    ),
    "a damaged cache": Case(_damaged, "cache", "database", W, "it is damaged", "antipasta-hook cache clear"),
    "a full disk": Case(_full, "cache", "writable", W, "its disk is full", "make room"),
    "a read-only home": Case(_read_only, "cache", "writable", W, "nothing new is kept", "set ANTIPASTA_CACHE_DIR"),
    "a limit of the cache": Case(_limited, "cache", "size", State.WELL, "MB of 50 MB", ""),
}


@pytest.mark.parametrize("case", [*HOOKS.values(), *THE_REST.values()], ids=[*HOOKS, *THE_REST])
def test_what_is_not_as_it_should_be_has_a_row_that_says_what_to_type_next(
    case: Case, here: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.arrange(here, monkeypatch)
    found = look()
    seen = row(found, case.section, case.key)
    assert (seen.state, case.said in seen.value, case.hint in seen.next) == (case.state, True, True), seen
    assert bool(seen.next) == (seen.state != State.WELL)
    assert "internal" not in str(found)


@pytest.mark.parametrize("manager", [PRE_COMMIT, PREK], ids=lambda manager: manager.name)
def test_a_manager_is_known_by_what_it_really_writes(manager: Manager, here: Repo) -> None:
    here.write(".pre-commit-config.yaml", CONFIG)
    subprocess.run((*manager.command, "install"), check=True, capture_output=True)
    found = look()
    assert row(found, "hooks", "pre-commit") == shared("pre-commit", f"{manager.name}'s, whose configuration names us")
    missing = row(found, "hooks", "pre-push")
    assert (missing.state, missing.next) == (W, f"{manager.name} install --hook-type pre-push")
    here.write(".pre-commit-config.yaml", "repos: []\n")
    unnamed = row(look(), "hooks", "pre-commit")
    assert (unnamed.state, "- id: antipasta" in unnamed.next) == (W, True)


def test_a_hook_of_ours_that_a_manager_runs_too_is_one_too_many(here: Repo) -> None:
    installed()
    here.write(".pre-commit-config.yaml", "repos: []\n")
    subprocess.run((*PRE_COMMIT.command, "install"), check=True, capture_output=True)
    assert row(look(), "hooks", "pre-commit").value == "pre-commit's, which runs ours as pre-commit.legacy"
    here.write(".pre-commit-config.yaml", CONFIG)
    twice = row(look(), "hooks", "pre-commit")
    assert (twice.state, twice.next) == (W, "antipasta-hook uninstall --hook pre-commit")


@pytest.mark.usefixtures("here")
def test_a_hook_that_measures_in_the_background_is_named_where_it_is() -> None:
    assert "post-commit" not in str(look())
    installed("--warm")
    assert row(look(), "hooks", "post-commit").value.startswith("ours")


def test_without_libgit2_git_reads_and_it_is_said(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"a.py": "x = 1\n"})
    executable(tmp_path / "broken" / "pygit2.py", "raise OSError('no libgit2')\n")
    done = called(repo.path, PYTHONPATH=str(tmp_path / "broken"))
    assert done.returncode == 0
    assert "! libgit2 " in done.stdout
    assert "! read by                          git itself" in done.stdout


@pytest.mark.parametrize(("kind", "said"), [("outside", "is not in a git repository"), ("bare", "is a bare repo")])
@pytest.mark.usefixtures("here")
def test_where_nothing_can_be_committed_nothing_is_broken(
    kind: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "elsewhere"
    Repo.create(place, "--bare") if kind == "bare" else place.mkdir()
    monkeypatch.chdir(place)
    found = look()
    assert said in row(found, "repository", "found").value
    assert found.count(State.BROKEN) == 0
    assert row(found, "hooks", "hooks").state == State.WELL


@pytest.mark.usefixtures("here")
def test_a_sha256_repository_needs_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo.create(tmp_path / "sha256", "--object-format=sha256")
    monkeypatch.chdir(repo.path)
    found = look()
    assert row(found, "repository", "SHA-256 objects").value == "in use; read by git"
    assert row(found, "repository", "commits").value == "none yet"
    monkeypatch.setenv("PATH", "/nowhere")
    assert row(look(), "repository", "problem").state == B


def test_exit_codes_tell_what_is_broken_from_what_is_only_not_well(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"a.py": "x = 1\n"})
    assert called(repo.path).returncode == 0
    (repo.path / ".git" / "index").write_bytes(b"garbage")
    done = called(repo.path)
    assert (done.returncode, done.stderr) == (3, "")
    assert "1 thing that a verdict needs is broken (x); 2 warnings (!)" in done.stdout
    assert called(repo.path, "-C", str(tmp_path / "nowhere")).returncode == 2
    assert called(repo.path, "--report", "--format", "json").returncode == 2
    assert called(repo.path, "--report", str(tmp_path / "nowhere" / "report.md")).returncode == 2


def test_a_bug_of_ours_is_a_row_and_the_report_names_its_place(here: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> Iterator[Row]:
        raise LookupError(f"{here.path}")

    monkeypatch.setattr("antipasta_hook.cli.doctor.cache.rows", broken)
    seen = row(look(), "cache", "problem")
    assert (seen.state, "internal error: LookupError" in seen.value) == (B, True)
    assert (seen.public or "").startswith("internal: LookupError (test_doctor.py:")


def test_nothing_is_written_but_the_report(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({".antipasta.yaml": "gate: all\n", "a.py": "x = 1\n"})
    subprocess.run((*AS_MODULE, "install"), cwd=repo.path, check=True, capture_output=True)
    for times in range(2):  # without a store, and with one
        before = all_below(tmp_path, Path(os.environ["HOME"]), Path(os.environ["ANTIPASTA_CACHE_DIR"]).parent)
        assert called(repo.path).returncode == 0
        assert called(repo.path, "--format", "json").returncode == 0
        assert called(repo.path, "--report", str(tmp_path / "report.md")).returncode == 0
        (tmp_path / "report.md").unlink()
        now = all_below(tmp_path, Path(os.environ["HOME"]), Path(os.environ["ANTIPASTA_CACHE_DIR"]).parent)
        assert before == now, times
        subprocess.run((*AS_MODULE, "cache", "warm"), cwd=repo.path, check=True, capture_output=True)
    assert (Path(os.environ["ANTIPASTA_CACHE_DIR"]) / "v1" / "cache.db").exists()


SECRET: Final = "geheim"
"""What is in every name, path, address and content below, in this or in another case."""


def _secretive(place: Path) -> tuple[Repo, dict[str, str]]:
    """A repository all of whose names and contents are private, and an environment of that kind."""
    home = place / f"{SECRET}-home"
    cache = home / f"{SECRET}-cache"
    home.mkdir()
    (home / ".gitconfig").write_text(
        f"[user]\n name = {SECRET}\n email = {SECRET}@example.org\n[core]\n hooksPath = {SECRET}-hooks\n"
    )
    environ = {
        "HOME": str(home), "USERNAME": SECRET, "USER": SECRET, "LOGNAME": SECRET, "XDG_CACHE_HOME": str(cache),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"), "GIT_AUTHOR_EMAIL": f"{SECRET}@example.org",
        "ANTIPASTA_CACHE_DIR": str(cache), "PYTHONPATH": str(home), "VIRTUAL_ENV": str(home), "SKIP": SECRET,
        "PRE_COMMIT": SECRET, "HUSKY": SECRET, "HOSTNAME": SECRET, f"GIT_{SECRET.upper()}": SECRET,
    }  # fmt: skip
    repo = Repo.create(place / f"{SECRET}-repo", f"--initial-branch={SECRET}-branch")
    repo.write(
        ".antipasta.yaml",
        f"exclude: [{SECRET}/]\ncritical: {{paths: [{SECRET}.py], functions: [{SECRET}]}}\n"
        f"cache: {{directory: ~/{SECRET}}}\n{SECRET}: 1\n",
    )
    repo.write(f"{SECRET}/.antipasta.yaml", f"gate: {SECRET}\n")
    repo.write(f"{SECRET}.py", f"def {SECRET}(): pass\n")
    repo.write(".pre-commit-config.yaml", f"repos: [] # {SECRET}\n")
    repo.stage()
    repo.commit(SECRET)
    repo.git("remote", "add", SECRET, f"https://{SECRET}:{SECRET}@{SECRET}.example.org/{SECRET}.git")
    for name in ("pre-commit", "pre-push"):
        executable(repo.path / f"{SECRET}-hooks" / name, f"echo {SECRET}\n")
        executable(repo.path / ".git" / "hooks" / name, f"echo {SECRET}\n")
    return repo, environ


def _nothing(_: Repo, __: dict[str, str]) -> None:
    """Leave it as it is."""


def _index_garbage(repo: Repo, _: dict[str, str]) -> None:
    (repo.path / ".git" / "index").write_bytes(SECRET.encode() * 100)


def _own_hooks(repo: Repo, environ: dict[str, str]) -> None:
    """Ours, of a Python that is gone, and a split index, of which libgit2 complains."""
    Path(environ["GIT_CONFIG_GLOBAL"]).write_text("")
    for hook in (repo.path / ".git" / "hooks").glob("pre-*"):
        hook.unlink()
    subprocess.run((*AS_MODULE, "install"), cwd=repo.path, env=os.environ | environ, check=True, capture_output=True)
    hook = repo.path / ".git" / "hooks" / "pre-commit"
    hook.write_text(hook.read_text().replace(sys.executable, f"/{SECRET}/python"))
    repo.git("update-index", "--split-index")


def _bad_place(repo: Repo, environ: dict[str, str]) -> None:
    environ["ANTIPASTA_CACHE_DIR"] = str(repo.path / SECRET)
    environ["ANTIPASTA"] = SECRET


def _bad_tools(repo: Repo, environ: dict[str, str]) -> None:
    tools = repo.path / f"{SECRET}-tools"
    for name in ("pre-commit", "prek"):
        executable(tools / name, f"echo {SECRET} 1.2.3 {SECRET}\n")
    executable(tools / "git", f"echo {SECRET} >&2; exit 128\n")
    environ["PATH"] = str(tools)


def _bad_libgit2(_: Repo, environ: dict[str, str]) -> None:
    Path(environ["HOME"], "pygit2.py").write_text(f"raise OSError('{SECRET}')\n")


def _bad_branch(repo: Repo, _: dict[str, str]) -> None:
    (repo.path / ".git" / "refs" / "heads" / f"{SECRET}-branch").write_text(SECRET)


@pytest.mark.parametrize(
    "spoil", [_nothing, _index_garbage, _own_hooks, _bad_place, _bad_tools, _bad_libgit2, _bad_branch]
)
@pytest.mark.parametrize("way", ["printed", "in a file"])
def test_the_report_of_a_bug_has_nothing_private(
    spoil: Callable[[Repo, dict[str, str]], None], way: str, tmp_path: Path
) -> None:
    repo, environ = _secretive(tmp_path)
    spoil(repo, environ)
    if way == "printed":
        done = called(repo.path, "--report", **environ)
        text = done.stdout
    else:
        done = called(repo.path, "--report", str(tmp_path / "report.md"), **environ)
        text = (tmp_path / "report.md").read_text("utf-8")
        assert SECRET in done.stdout  # who sits here sees it
    assert done.returncode in {0, 3}, done.stderr
    assert "### What `antipasta-hook doctor` found" in text
    assert "\nhooks\n" in text
    private = [SECRET, str(tmp_path), os.path.dirname(sys.executable), "example.org"]
    assert [each for each in private if each.lower() in text.lower()] == []
    assert "/" not in text.replace("prek/", "")


def test_the_python_of_a_hook_is_read_from_it_and_never_started(here: Repo, tmp_path: Path) -> None:
    installed()
    hook = here.path / ".git" / "hooks" / "pre-commit"
    trap = executable(tmp_path / "it's a trap" / "python", f"touch '{tmp_path}/sprung'\n")
    hook.write_text(hook.read_text().replace(f"python={sys.executable}", f"python='{tmp_path}/it'\\''s a trap/python'"))
    assert interpreter_of(hook.read_bytes()) == str(trap)
    seen = row(look(), "hooks", "pre-commit")
    assert seen.value == f"ours, edited or newer, with another Python than this: {trap}"
    assert not (tmp_path / "sprung").exists()


@pytest.mark.usefixtures("here")
def test_a_program_that_does_not_answer_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path / "bin" / "prek", "exec sleep 60\n")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert "did not say its version in time" in row(look(), "versions", "prek").value


def test_the_history_says_what_the_runs_came_to(repo: Repo) -> None:
    repo.commit_files({"a.py": "x = 1\n"})

    def tell(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-P", "-m", "antipasta_hook", *arguments],
            cwd=repo.path,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
        )

    assert "no runs are kept yet" in tell("doctor", "--history").stdout
    repo.write("a.py", "def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(12)))
    repo.stage()
    assert tell("run", GIT_INDEX_FILE=".git/index").returncode == 1
    assert tell("ci", "--base", "HEAD").returncode == 0
    found = json.loads(tell("doctor", "--history", "--format", "json").stdout)
    assert [(each["scope"], each["runs"], each["blocked"]) for each in found["scopes"]] == [
        ("staged", 1, 1),
        ("ci", 1, 0),
    ]
    assert "commit     1" in tell("doctor", "--history").stdout
    assert tell("doctor", "--history", "--report").returncode == 2
    assert tell("doctor", "--history", "-C", "/").returncode == 2
