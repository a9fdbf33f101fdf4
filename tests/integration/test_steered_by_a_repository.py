"""A repository whose configuration, attributes and hooks try every way to have something run or written."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from antipasta_hook.changes import steering
from antipasta_hook.changes.steering import git_on_path, unsteered
from tests.integration.commands import Call, all_below, carried_out, installing, judging, others
from tests.integration.repositories import Repo, function

HOOKS: Final = (
    "pre-commit", "pre-push", "post-commit", "post-checkout", "post-index-change", "reference-transaction",
    "fsmonitor-watchman", "pre-auto-gc", "prepare-commit-msg", "commit-msg", "query-watchman",
)  # fmt: skip
PROGRAMS: Final = (
    "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy",
    "core.alternateRefsCommand", "credential.helper", "sequence.editor", "diff.external", "diff.trap.command",
    "diff.trap.textconv", "filter.trap.clean", "filter.trap.smudge", "filter.trap.process", "merge.trap.driver",
    "uploadpack.packObjectsHook", "gpg.program", "gpg.openpgp.program", "gpg.x509.program", "gpg.ssh.program",
    "gpg.ssh.defaultKeyCommand", "interactive.diffFilter", "trailer.trap.command", "trailer.trap.cmd",
    "tar.trap.command", "difftool.trap.cmd", "mergetool.trap.cmd", "man.trap.cmd", "browser.trap.cmd",
    "remote.origin.uploadpack", "remote.origin.receivepack", "http.proxy", "sendemail.tocmd",
    "pager.diff-index", "pager.diff-tree", "pager.cat-file", "pager.ls-files", "pager.ls-tree", "pager.rev-list",
    "pager.rev-parse", "pager.config", "pager.for-each-ref", "pager.log",
)  # fmt: skip
"""Settings whose value is a command."""
ALIASES: Final = ("cat-file", "config", "diff-index", "diff-tree", "for-each-ref", "hash-object", "ls-files", "ls-tree",
                  "merge-base", "rev-list", "rev-parse", "show-ref", "symbolic-ref", "version")  # fmt: skip
SWITCHES: Final = {
    "log.showSignature": "true",
    "diff.trap.cachetextconv": "true",
    "filter.trap.required": "true",
    "commit.gpgSign": "true",
    "gpg.format": "openpgp",
    "gc.auto": "1",
    "maintenance.auto": "true",
    "core.untrackedCache": "true",
    "submodule.recurse": "true",
    "submodule.trap.active": "true",
    "submodule.trap.url": "ext::sh -c trap",
    "fetch.recurseSubmodules": "true",
    "status.submoduleSummary": "true",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "protocol.ssh.allow": "always",
    "protocol.file.allow": "always",
    "core.repositoryFormatVersion": "1",
    "extensions.partialClone": "origin",
    "remote.origin.promisor": "true",
    "remote.origin.partialclonefilter": "blob:none",
    "remote.vcs.promisor": "true",
    "remote.vcs.vcs": "trap",
    "remote.ssh.url": "ssh://trap@localhost/x",
    "remote.ssh.promisor": "true",
}
TARGETS: Final = ("trace2.normalTarget", "trace2.perfTarget", "trace2.eventTarget")
VARIABLES: Final = (
    "GIT_EXTERNAL_DIFF", "GIT_PAGER", "PAGER", "GIT_EDITOR", "EDITOR", "VISUAL", "GIT_SEQUENCE_EDITOR", "GIT_ASKPASS",
    "SSH_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_PROXY_COMMAND", "GIT_MAN_VIEWER",
)  # fmt: skip
TRACES: Final = (
    "GIT_TRACE", "GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE2_PERF", "GIT_TRACE_SETUP", "GIT_TRACE_PACKET",
    "GIT_TRACE_PACKFILE", "GIT_TRACE_PERFORMANCE", "GIT_TRACE_PACK_ACCESS", "GIT_TRACE_REFS", "GIT_TRACE_FSMONITOR",
)  # fmt: skip


class Trap(NamedTuple):
    """A repository full of traps. What runs adds to ``trace``; into ``written`` goes what git itself would write."""

    repo: Repo
    trace: Path
    written: Path
    environ: dict[str, str]

    @property
    def sprung(self) -> str:
        """What has been run or written so far."""
        names = sorted(path.name for path in self.written.iterdir())
        return (self.trace.read_text() if self.trace.exists() else "") + " ".join(names)

    def clear(self) -> None:
        """As if nothing had happened."""
        self.trace.unlink(missing_ok=True)
        for path in self.written.iterdir():
            path.unlink()


@pytest.fixture
def trap(repo: Repo, tmp_path: Path) -> Trap:
    """Two commits and something staged; one old blob is missing, as in a partial clone."""
    made = Trap(repo, tmp_path / "trace", tmp_path / "written", {})
    made.written.mkdir()
    repo.write(".gitattributes", "*.py diff=trap filter=trap merge=trap\n*.md diff=trap\n")
    repo.write(".gitmodules", '[submodule "trap"]\n\tpath = trap\n\turl = ext::sh -c trap\n\tupdate = !trap\n')
    repo.commit_files({"a.py": function("a"), "lost.py": function("lost"), "b.py": function("b")}, "first")
    lost = repo.oid("HEAD:lost.py")
    repo.commit_files({"a.py": function("a") + function("a2"), "lost.py": function("lost") + function("l2")}, "second")
    repo.write("b.py", function("b") + function("b2"))
    repo.write("c.py", function("c"))
    repo.write("notes.txt", "new\n")
    repo.write("notes.md", "new\n")
    repo.stage()
    repo.write("untracked.py", function("untracked"))
    program = _program(tmp_path / "bin" / "trap", made.trace)
    for name in ("git", "git-remote-trap", "ssh", "gpg", "sh", "antipasta-hook", "python"):  # where PATH says "here"
        _program(repo.path / name, made.trace)
    (repo.path / ".git" / "info" / "exclude").write_text("/git\n/git-remote-trap\n/ssh\n/gpg\n/sh\n/python\n")
    for hook in HOOKS:
        repo.hook(hook, f"#!/bin/sh\nexec '{program}' hook {hook}\n")
    _configure(repo, program, made.written)
    (repo.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    made.environ.update(os.environ, PATH=f".:{os.environ['PATH']}:{tmp_path / 'bin'}")
    made.environ.update({name: f"{program} {name}" for name in VARIABLES})
    made.environ.update({name: str(made.written / name) for name in TRACES})
    made.clear()
    return made


def _program(path: Path, trace: Path) -> str:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{trace}'\nexit 1\n")
    path.chmod(0o755)
    return str(path)


def _configure(repo: Repo, program: str, written: Path) -> None:
    """All of it in the repository's own file, and once more in files that it includes."""
    settings = [(name, f"{program} {name}") for name in PROGRAMS]
    settings += [(f"alias.{name}", f"!{program} alias {name}") for name in ALIASES]
    settings += [(f"hook.{name}.command", f"{program} configured {name}") for name in HOOKS]
    settings += [(f"hook.{name}.event", name) for name in HOOKS]
    settings += [*SWITCHES.items(), ("remote.origin.url", f"ext::{program} transport")]
    settings += [(name, str(written / name)) for name in TARGETS]
    settings += [("core.hooksPath", str(repo.path / ".git" / "hooks"))]
    lines = [_setting(name, value) for name, value in settings]
    for name in ("included", "included-if"):
        (repo.path / ".git" / name).write_text("".join(lines))
    (repo.path / ".git" / "config").write_text(
        "[core]\n\tbare = false\n" + "".join(lines)
        + '[include]\n\tpath = included\n[includeIf "gitdir:**"]\n\tpath = included-if\n'
    )  # fmt: skip


def _setting(name: str, value: str) -> str:
    """``a.b.c`` as a section with a subsection."""
    section, _, rest = name.partition(".")
    subsection, _, key = rest.rpartition(".")
    head = f'[{section} "{subsection}"]' if subsection else f"[{section}]"
    return f'{head}\n\t{key} = "{value}"\n'


def test_the_traps_work(trap: Trap) -> None:
    """Else nothing would be proved: git itself falls into them."""
    tried = {
        "core.fsmonitor": ("status",),
        "filter.trap": ("diff", "--no-ext-diff"),
        "diff.external": ("diff", "--cached", "--", "notes.txt"),
        "diff.trap.command": ("diff", "--cached", "--", "notes.md"),
        "hook pre-commit": ("hook", "run", "pre-commit"),
        "transport": ("cat-file", "-p", "HEAD~1:lost.py"),
        "core.editor": ("config", "--local", "--edit"),
    }
    for what, command in tried.items():
        trap.clear()
        trap.repo.git(*command, check=False, env={"GIT_TRACE2": trap.environ["GIT_TRACE2"]})
        assert what in trap.sprung, (what, trap.sprung)
        assert "GIT_TRACE2" in trap.sprung


def _calls(trap: Trap) -> Iterator[Call]:
    yield from judging(trap.repo, "b.py")
    yield from others("b.py")


def test_no_command_runs_or_writes_what_a_repository_wants(trap: Trap, tmp_path: Path) -> None:
    home = Path(os.environ["HOME"])
    before = all_below(trap.repo.path, home)
    for call in _calls(trap):
        done = carried_out(call, trap.repo.path, trap.environ)
        assert not trap.sprung, (call.name, trap.sprung)
        assert done.returncode in {0, 1, 3}, (call.name, done.stderr.decode())
        assert b"internal error" not in done.stderr, (call.name, done.stderr.decode())
    assert all_below(trap.repo.path, home) == before
    assert not (tmp_path / "repo" / ".antipasta").exists()


def test_neither_does_installing(trap: Trap) -> None:
    for call in installing():
        done = carried_out(call, trap.repo.path, trap.environ)
        assert not trap.sprung, (call.name, trap.sprung)
        assert done.returncode == 0, (call.name, done.stderr.decode())


def test_nor_what_is_called_in_a_directory_of_it(trap: Trap) -> None:
    below = trap.repo.path / "below"
    below.mkdir()
    _program(below / "git", trap.trace)
    for call in (Call(("run", "--reader", "git")), Call(("ci", "--base", "HEAD~1")), Call(("install",))):
        carried_out(call, below, trap.environ)
        assert not trap.sprung, (call.name, trap.sprung)


def test_an_older_git_fetches_nothing_either(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """GIT_NO_LAZY_FETCH is young; what an older git would call is refused by its list of protocols."""
    environ = unsteered(trap.environ)
    del environ["GIT_NO_LAZY_FETCH"]
    line = steering.command(git_on_path(environ) or "", "cat-file", "-p", "HEAD~1:lost.py")
    monkeypatch.chdir(trap.repo.path)
    done = subprocess.run(line, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "not allowed" in done.stderr
    assert not trap.sprung


def test_a_work_tree_elsewhere_is_read_and_nothing_more(repo: Repo, tmp_path: Path) -> None:
    """``core.worktree`` can name any directory of the machine: nothing in it is changed."""
    repo.commit_files({"a.py": function("a")}, "first")
    repo.commit_files({"a.py": function("b")}, "second")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.py").write_text(function("theirs"))
    (elsewhere / "private.py").write_text("SECRET = 1\n")
    repo.git("config", "core.worktree", str(elsewhere))
    before = all_below(repo.path, elsewhere)
    for call in (*judging(repo, "a.py"), *others("a.py")):
        done = carried_out(call, repo.path, os.environ)
        assert b"internal error" not in done.stderr, (call.name, done.stderr.decode())
        assert b"SECRET" not in done.stdout, call.name
    assert all_below(repo.path, elsewhere) == before
