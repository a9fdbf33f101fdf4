"""Nothing that a repository or a user configured runs, and nothing outside the commit changes the answer."""

import os
from pathlib import Path

import pytest

from antipasta_hook.changes import open_repository
from tests.integration.changes.reading import READERS, read, staged, summary
from tests.integration.repositories import Repo, function

ALL = (*READERS, "auto")


@pytest.fixture
def trap(repo: Repo, tmp_path: Path) -> tuple[str, Path]:
    """A program that leaves a trace when it is run, and the trace."""
    trace = tmp_path / "trace"
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{trace}'\nexit 0\n")
    program.chmod(0o755)
    repo.commit_files({"a.py": function("a")})
    return str(program), trace


def test_nothing_configured_is_run(repo: Repo, trap: tuple[str, Path]) -> None:
    program, trace = trap
    repo.write("a.py", function("changed"))
    repo.write(".gitattributes", "*.py diff=trap filter=trap\n")
    repo.stage()
    oid = repo.oid(":a.py")
    for name in (
        "core.fsmonitor",
        "core.pager",
        "pager.diff-index",
        "pager.cat-file",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "credential.helper",
        "diff.external",
        "diff.trap.command",
        "diff.trap.textconv",
        "filter.trap.clean",
        "filter.trap.smudge",
        "filter.trap.process",
        "uploadpack.packObjectsHook",
        "gpg.program",
        "alias.diff-index",
        "alias.cat-file",
    ):
        repo.git("config", name, f"!{program}" if name.startswith("alias") else program)
    for name in ("pre-commit", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        repo.hook(name, f"#!/bin/sh\nexec {program} {name}\n")
    repo.git("config", "core.hooksPath", str(repo.path / ".git/hooks"))
    variables = ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "PAGER", "GIT_EDITOR", "GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND")
    environ = {**os.environ, **dict.fromkeys(variables, program)}
    for reader in ALL:
        reading = read(reader, repo.path, environ)
        assert reading.changes is not None
        assert summary(reading.changes) == {"a.py": "modified"}
        with open_repository(str(repo.path), environ, reader=reader.partition(",")[0]) as opened:
            assert opened.read(oid) == function("changed").encode()
    assert not trace.exists(), trace.read_text()


def test_a_partial_clone_cannot_make_git_run_a_transport(repo: Repo, trap: tuple[str, Path]) -> None:
    program, trace = trap
    missing = "1" * 40
    for name, value in {
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
        "remote.origin.url": f"ext::{program}",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "remote.origin.uploadpack": program,
        "remote.other.url": f"ssh://{program}",
        "remote.other.promisor": "true",
        "core.sshCommand": program,
        "protocol.ext.allow": "always",
        "protocol.ssh.allow": "always",
        "protocol.file.allow": "always",
    }.items():
        repo.git("config", name, value)
    for reader in ("git", "auto"):
        with open_repository(str(repo.path), dict(os.environ), reader=reader) as opened:
            assert opened.size(missing) is None
    assert not trace.exists(), trace.read_text()


@pytest.mark.parametrize(
    "setting",
    [
        "diff.noprefix=true",
        "diff.mnemonicPrefix=true",
        "diff.relative=true",
        "diff.renames=copies",
        "diff.orderFile=/nowhere",
        "diff.ignoreSubmodules=all",
        "diff.context=0",
        "core.abbrev=4",
        "core.quotePath=false",
        "core.ignoreCase=true",
        "core.fileMode=false",
        "core.symlinks=false",
        "core.precomposeUnicode=true",
        "core.protectNTFS=true",
        "color.ui=always",
        "color.diff=always",
        "core.pager=cat",
        "i18n.logOutputEncoding=latin-1",
        "index.sparse=true",
    ],
)
def test_user_settings_change_nothing(repo: Repo, setting: str) -> None:
    repo.commit_files({"a.py": function("a"), "d/b.py": function("b"), "old.py": function("old")})
    repo.git("mv", "old.py", "d/moved.py")
    repo.git("update-index", "--chmod=+x", "a.py")
    repo.write("d/b.py", function("changed"))
    repo.git("add", "d/b.py")
    name, _, value = setting.partition("=")
    repo.git("config", name, value)
    expected = {"d/b.py": "modified", "d/moved.py": "renamed from old.py"}
    assert summary(staged(repo.path / "d", readers=ALL, check_truth=False)) == expected


def test_attributes_outside_the_commit_have_no_effect(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"a.py": function("a")})
    repo.write("a.py", function("changed"))
    repo.stage()
    everything = "* linguist-generated linguist-vendored\n"
    (repo.path / ".git/info/attributes").write_text(everything)
    (tmp_path / "attributes").write_text(everything)
    repo.git("config", "core.attributesFile", str(tmp_path / "attributes"))
    repo.write(".gitattributes", everything)
    assert summary(staged(repo)) == {"a.py": "modified"}
    repo.git("add", ".gitattributes")
    repo.remove(".gitattributes")
    (repo.path / ".git/info/attributes").write_text("* -linguist-generated\n")
    assert summary(staged(repo)) == {"a.py": "modified: linguist-generated in .gitattributes"}


def test_the_environment_is_left_as_it_was(repo: Repo) -> None:
    before = dict(os.environ)
    staged(repo, env={"GIT_DIR": str(repo.path / ".git"), "GIT_WORK_TREE": str(repo.path)})
    assert dict(os.environ) == before


def test_the_processs_own_variables_do_not_count(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment that is given decides, not the one that the process happens to have."""
    repo.write("a.py", function("a"))
    repo.stage()
    environ = dict(os.environ)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere"))
    for reader in ALL:
        reading = read(reader, repo.path, environ)
        assert reading.changes is not None, reading
        assert summary(reading.changes) == {"a.py": "added"}
